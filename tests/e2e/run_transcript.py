#!/usr/bin/python3
"""Plays one transcript of tests/e2e/transcripts; README.md beside this file has the grammar.

    run_transcript.py --binary build/debug/start-claude --server s3-serve first-machine

Exit 0: as written; 1: not; 77: not played, with the reason, because something it needs is not here.
"""

import argparse
import os
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from harness import machines, playback, servers, transcript  # noqa: E402

NOT_PLAYED = 77


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("transcript", help="a name in transcripts/, or a file")
    parser.add_argument("--binary", required=True, help="the start-claude to run")
    parser.add_argument("--server", choices=servers.NAMES, default="s3-serve")
    parser.add_argument("--environment", help="if not s3-serve: the file s3-server up wrote")
    parser.add_argument("--keep", action="store_true", help="leave the machines' folders there")
    parser.add_argument(
        "--record", action="store_true", help="rewrite the transcript with the real output"
    )
    return parser.parse_args()


def not_played(reason):
    print(f"NOT PLAYED: {reason}", flush=True)
    return NOT_PLAYED


def is_dynamic(binary):
    with open(binary, "rb") as file:
        return b"ld-linux" in file.read(4096)


def why_not(script, options):
    if script.servers and options.server not in script.servers:
        return f"meant for {', '.join(sorted(script.servers))} only"
    if options.server in script.not_servers:
        return f"not meant for {options.server}"
    if "faketime" in script.needs:
        if machines.faketime_library() is None:
            return "faketime is not installed (scripts/install-dependencies test)"
        if not is_dynamic(options.binary):
            return "a clock can only be faked for a dynamically linked program"
    return ""


def run(path, options, folder):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    script = transcript.parse(text)
    reason = why_not(script, options)
    if reason:
        return not_played(reason)
    try:
        server = servers.connect(options.server, options.binary, folder, options.environment)
    except servers.ServerUnavailable as error:
        return not_played(str(error))
    try:
        name = os.path.basename(path).removesuffix(".transcript")
        world = playback.World(server, options.binary, folder, name)
        try:
            if options.record:
                recorded = playback.record(script, world, text)
                with open(path, "w", encoding="utf-8") as file:
                    file.write(recorded)
            else:
                playback.play(script, world)
        finally:
            world.close()
    except playback.Mismatch as mismatch:
        print(f"{os.path.relpath(path)}, {options.server}: {script.title}\n{mismatch}")
        return 1
    finally:
        server.stop()
    return 0


def main():
    options = parse_arguments()
    path = options.transcript
    if not os.path.exists(path):
        path = os.path.join(HERE, "transcripts", path + ".transcript")
    # /tmp, not the build folder: a path of unknown length would end up in what programs show.
    folder = tempfile.mkdtemp(prefix="start-claude-e2e-")
    try:
        return run(path, options, folder)
    finally:
        if options.keep:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
