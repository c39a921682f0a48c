"""One machine to measure on: a configuration folder, and the program run in it."""

import json
import os
import re
import shutil
import subprocess
import time

TRACED = (
    "fsync,fdatasync,sync_file_range,syncfs,sync,msync,rename,renameat,renameat2,link,linkat,open,"
    "openat,openat2,creat,sendto,sendmsg,write,writev"
)
# Whoever opens a file with O_SYNC syncs it by writing.
SYNC = re.compile(r"\b(?:fsync|fdatasync|sync_file_range|syncfs|sync|msync)\(|\bO_D?SYNC\b")
RENAME = re.compile(r"\b(?:rename|renameat|renameat2|link|linkat)\(")
OPEN = re.compile(r"\b(?:open|openat|openat2|creat)\(")


def document(profiles):
    """A document of so many profiles, about 300 bytes each."""
    entry = {"apiKey": "sk-ant-" + "0123456789abcdef" * 5, "baseUrl": "https://api.example.com/v1"}
    entry |= {"model": "claude-sonnet-4", "env": {"HTTP_TIMEOUT": "30", "REGION": "eu-central-1"}}
    configs = [{"name": f"profile-{i}"} | entry for i in range(profiles)]
    return json.dumps({"version": 1, "configs": configs}, indent=2) + "\n"


class Machine:
    def __init__(self, binary, store, name):
        self.binary = os.path.abspath(binary)
        self.store = store
        self.home = os.path.join(store.folder, name)
        self.config = f"{self.home}/.start-claude/config.json"
        os.makedirs(os.path.dirname(self.config), mode=0o700)
        # Nothing of whoever runs this: a proxy or AWS_PROFILE would change what is measured.
        self.environment = {"HOME": self.home, "PATH": os.environ["PATH"]} | store.trust

    def write_profiles(self, text):
        """Replaces the profiles; the S3 settings stay."""
        new = json.loads(text)
        if os.path.exists(self.config):
            with open(self.config, encoding="utf-8") as file:
                new["settings"] = json.load(file).get("settings", {})
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(json.dumps(new, indent=2) + "\n")

    def edit(self, value):
        """One field of one profile, as somebody does by hand."""
        with open(self.config, encoding="utf-8") as file:
            document = json.load(file)
        document["configs"][0]["model"] = value
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(json.dumps(document, indent=2) + "\n")

    def set_up(self, key):
        store = self.store
        self.run("s3-setup", "--no-input", "--service", "custom", "--region", "us-east-1",
                 "--endpoint", store.endpoint, "--bucket", store.bucket, "--create-bucket",
                 "--key", key, "--access-key-id", store.key_id,
                 "--secret-access-key-file", store.secret_file)  # fmt: skip

    def wait_until_known(self):
        """A file is known for sure, and not read again, once it was left alone for two seconds."""
        time.sleep(2.1)

    def let_it_settle(self):
        self.wait_until_known()
        self.run("s3-sync")

    def forget_tls(self):
        """The next run negotiates a new session instead of resuming one."""
        sessions = f"{self.home}/.start-claude/tls-sessions"
        if os.path.exists(sessions):
            os.remove(sessions)

    def run(self, *arguments, prefix=()):
        done = subprocess.run([*prefix, self.binary, *arguments], env=self.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)  # fmt: skip
        if done.returncode != 0:
            raise RuntimeError(f"{arguments} ended with {done.returncode}: {done.stderr}")
        return done

    def requests(self, *arguments):
        """How many requests a command sends, by what --verbose shows."""
        shown = self.run(*arguments, "--verbose").stderr
        return len(re.findall(r"^(?:\S+ )?(?:GET|PUT|HEAD|POST|DELETE) ", shown, re.MULTILINE))

    def connections(self, *arguments):
        """How many connections to the store a command opens, by strace; nothing without it."""
        if not shutil.which("strace"):
            return ""
        port = self.store.endpoint.rsplit(":", 1)[1]
        calls = os.path.join(self.home, "calls")
        self.run(*arguments, prefix=["strace", "-f", "-qq", "-e", "trace=connect", "-o", calls])
        with open(calls, encoding="utf-8") as file:
            return sum(f"htons({port})" in line for line in file)

    def disk_calls(self, *arguments):
        """{"syncs": N, "renames": N, "files opened": N} of a command, and "syncs before the PUT" if it
        sends one, by strace; nothing without it. Opened are those of the machine, not libraries."""
        if not shutil.which("strace"):
            return None
        trace = os.path.join(self.home, "calls")
        self.run(*arguments, prefix=["strace", "-f", "-qq", "-s", "8", "-e", f"trace={TRACED}",
                                     "-o", trace])  # fmt: skip
        with open(trace, encoding="utf-8", errors="replace") as file:
            # A call that another thread's interrupts is on two lines; the second begins with <...
            calls = [line for line in file if not line.split(" ", 1)[1].lstrip().startswith("<")]
        puts = [i for i, call in enumerate(calls) if '"PUT ' in call]
        syncs = [i for i, call in enumerate(calls) if SYNC.search(call)]
        opened = [call for call in calls if OPEN.search(call) and self.home in call]
        before_put = {"syncs before the PUT": sum(i < puts[0] for i in syncs)} if puts else {}
        return {
            "syncs": len(syncs),
            **before_put,
            "renames": sum(bool(RENAME.search(call)) for call in calls),
            "files opened": sum("= -1" not in call for call in opened),
        }

    def instructions(self, *arguments):
        """User-space instructions of one run; nothing if there is no valgrind."""
        if not shutil.which("valgrind"):
            return None
        prefix = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
        shown = self.run(*arguments, prefix=prefix).stderr
        return int(re.search(r"Collected : (\d+)", shown).group(1))


class Cost:
    """What runs of one command took: the least of many, for the rest is the machine's noise."""

    def __init__(self, command, environment, runs, before=lambda: None):
        self.wall, self.cpu = float("inf"), float("inf")
        for _ in range(runs):
            before()
            start = time.perf_counter()
            process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode != 0:
                raise RuntimeError(f"{command} ended with {process.returncode}")
            self.wall = min(self.wall, time.perf_counter() - start)
            self.cpu = min(self.cpu, usage.ru_utime + usage.ru_stime)
        before()
        self.rss = peak_kilobytes(command, environment)


def peak_kilobytes(command, environment):
    """Asked of time(1): a process inherits the peak of whoever started it, and Python's is large."""
    measured = subprocess.run(["time", "-f", "%M", "-o", "/dev/stderr", *command], env=environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)  # fmt: skip
    return int(measured.stderr.split()[-1])
