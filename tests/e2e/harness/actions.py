"""What `!` lines do. Each function is one action; its docstring is its line in README.md's table."""

import json
import os
import re

from . import machines, programs

KEY = "start-claude-config.json"


class ActionFailed(Exception):
    """An expectation stated by an action does not hold."""


def _machine(world, name):
    return world.machine(name)


def configs(world, step, name, *profiles):
    """`! configs lark production staging`: config.json with these profiles, nothing else"""
    machine = _machine(world, name)
    machine.save(machines.document_with(profiles))


def write(world, step, name, file):
    """`! write lark config.json` + indented text: the file's whole text"""
    _machine(world, name).write(file, step.content)


def cut(world, step, name, file, size):
    """`! cut lark config.json 40`: the first so many bytes are all that is left"""
    os.truncate(_machine(world, name).path(file), int(size))


def delete(world, step, name, file):
    """`! delete lark config.json`"""
    os.remove(_machine(world, name).path(file))


def edit(world, step, name, field, *rest):
    """`! edit lark production.model = "claude-opus-4"`: any JSON value, or `gone`"""
    machine = _machine(world, name)
    document = machine.document()
    text = " ".join(rest).removeprefix("= ")
    machines.set_field(document, field, None if text == "gone" else json.loads(text))
    machine.save(document)


def add(world, step, name, profile):
    """`! add lark staging`: one more profile"""
    machine = _machine(world, name)
    document = machine.document()
    document["configs"].append(machines.profile(profile, is_default=False))
    machine.save(document)


def remove(world, step, name, profile):
    """`! remove lark staging`: one profile less"""
    machine = _machine(world, name)
    document = machine.document()
    document["configs"].remove(machines.find_profile(document, profile))
    machine.save(document)


def empty(world, step, name):
    """`! empty lark`: no profile is left, settings stay"""
    machine = _machine(world, name)
    document = machine.document()
    document["configs"] = []
    machine.save(document)


def age(world, step, name, *span):
    """`! age lark 2 h`: config.json was last changed that long ago"""
    _machine(world, name).age(machines.parse_span(span))


def clock(world, step, name, *offset):
    """`! clock lark -24 h` | `! clock lark right`: from now on, this machine's clock is off"""
    machine = _machine(world, name)
    if offset == ("right",):
        machine.clock_offset_s = 0.0
        return
    sign = -1 if offset[0].startswith("-") else 1
    machine.clock_offset_s = sign * machines.parse_span([offset[0].lstrip("+-"), *offset[1:]])


def set_up(world, step, name, *flags):
    """`! set-up lark`: connects the machine through s3-setup, silently"""
    command = (
        "start-claude s3-setup --no-input --service custom --endpoint $ENDPOINT --bucket $BUCKET"
        " --region us-east-1 --access-key-id $KEY_ID --secret-access-key-file $SECRET_FILE "
    )
    _run(world, name, command + " ".join(flags))


def _run(world, name, command):
    machine = _machine(world, name)
    outcome = programs.run_without_terminal(command, machine.environment, machine.home)
    if outcome.exit != 0:
        raise ActionFailed(f"{command.strip()}\n{outcome.text}[exit {outcome.exit}]")


def server(world, step, state):
    """`! server down` | `! server up`: for this transcript alone"""
    if state == "down":
        world.forwarder.down()
    elif state == "up":
        world.forwarder.up()
    else:
        raise ValueError(state)


def put_object(world, step, key=KEY):
    """`! put-object [KEY]` + indented text: somebody else's tool writes it, without metadata"""
    world.s3.put(world.bucket, key, step.content.encode())


def delete_object(world, step, key=KEY):
    """`! delete-object [KEY]`"""
    world.s3.delete(world.bucket, key)


def delete_bucket(world, step):
    """`! delete-bucket`: with whatever is in it"""
    world.s3.delete(world.bucket, KEY)
    world.s3.delete_bucket(world.bucket)


def before_next_upload(world, step, prompt, *command):
    """`! before-next-upload heron$ COMMAND`: runs just before the next PUT reaches the server"""
    name = prompt.removesuffix("$")

    def interfere():
        try:
            _run(world, name, " ".join(command))
        except ActionFailed as error:
            world.background_failure = str(error)

    world.forwarder.before_upload = interfere


def lose_next_answer(world, step):
    """`! lose-next-answer`: the next PUT is carried out, and the connection lost before the answer"""
    world.forwarder.lose_answer = True


def _remote_document(world):
    found = world.s3.get(world.bucket, KEY)
    if found is None:
        raise ActionFailed("there is no object")
    return json.loads(found[1])


def equal(world, step, *names):
    """`! equal lark heron remote`: the same configurations everywhere"""
    documents = {}
    for name in names:
        document = _remote_document(world) if name == "remote" else _machine(world, name).document()
        documents[name] = json.dumps(machines.without_s3_sync(document), sort_keys=True, indent=1)
    if len(set(documents.values())) != 1:
        raise ActionFailed("\n".join(f"{name}: {text}" for name, text in documents.items()))


def expect(world, step, name, field, *rest):
    """`! expect lark production.model = "claude-opus-4"` (or `remote`, or `gone`)"""
    document = _remote_document(world) if name == "remote" else _machine(world, name).document()
    wanted = " ".join(rest).removeprefix("= ")
    found = _value_at(document, field)
    if (wanted == "gone") != (found is None) or (wanted != "gone" and found != json.loads(wanted)):
        raise ActionFailed(f"{name}: {field} is {json.dumps(found)}, not {wanted}")


def _value_at(document, field):
    """`names` stands for the list of profiles that are not tombstones."""
    if field == "names":
        return [c["name"] for c in document.get("configs", []) if not c.get("isDeleted")]
    first, *rest = field.split(".")
    try:
        value = document.get("settings") if first == "settings" else None
        value = machines.find_profile(document, first) if value is None else value
    except ValueError:
        return None
    for name in rest:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def expect_metadata(world, step, name, pattern=""):
    """`! expect-metadata writer lark`: x-amz-meta-writer matches this regular expression"""
    headers, _ = world.s3.get(world.bucket, KEY) or ({}, b"")
    found = headers.get("x-amz-meta-" + name)
    if found is None or not re.fullmatch(pattern, found):
        raise ActionFailed(f"x-amz-meta-{name} is {found!r}")


def expect_absent(world, step, name, file="config.json"):
    """`! expect-absent heron config.json` | `! expect-absent remote`"""
    if name == "remote":
        if world.s3.get(world.bucket, KEY) is not None:
            raise ActionFailed("there is an object")
    elif os.path.exists(_machine(world, name).path(file)):
        raise ActionFailed(f"{file} is there")


def remember(world, step, name, file="config.json"):
    """`! remember lark config.json`: for `unchanged`, byte for byte and with its time"""
    world.remembered[name, file] = _fingerprint(world, name, file)


def unchanged(world, step, name, file="config.json"):
    """`! unchanged lark config.json` | `! unchanged remote`: since `remember`"""
    if world.remembered[name, file] != _fingerprint(world, name, file):
        raise ActionFailed(f"{name} {file} changed")


def _fingerprint(world, name, file):
    if name == "remote":
        headers, body = world.s3.get(world.bucket, KEY) or ({}, b"")
        return headers.get("etag"), headers.get("last-modified"), body
    path = _machine(world, name).path(file)
    with open(path, "rb") as opened:
        return os.stat(path).st_mtime_ns, opened.read()


ACTIONS = {
    action.__name__.replace("_", "-"): action
    for action in (
        configs, write, cut, delete, edit, add, remove, empty, age, clock, set_up, server,
        put_object, delete_object, delete_bucket, before_next_upload, lose_next_answer, equal,
        expect, expect_metadata, expect_absent, remember, unchanged,
    )
}  # fmt: skip
