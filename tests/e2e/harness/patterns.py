"""Expected output as a regular expression, cut where the transcript types an answer."""

import dataclasses
import re

# What differs from run to run. Strict on purpose: a time must look like all our times do.
WILDCARDS = {
    "time": r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}",
    "span": r"\d+ (?:d|h|min|s)(?: \d+ (?:h|min|s))?",
    "size": r"\d+(?:\.\d+)? (?:B|KB|MB)",
    "number": r"\d+",
    "rfc3339": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z",
    "hex": r"[0-9a-f]+",
    "any": r"[^\n]*?",
}

# «typed» is echoed by the terminal, ‹typed› must not be.
ANSWER = re.compile(r"«([^»]*)»|‹([^›]*)›")
TOKEN = re.compile(r"<([a-z0-9-]+)>|\.\.\.")


@dataclasses.dataclass
class Answer:
    text: str  # as in the transcript, variables filled in
    hidden: bool

    @property
    def keys(self):
        """What is sent to the terminal."""
        return {"^D": b"\x04", "^C": b"\x03"}.get(self.text, self.text.encode() + b"\n")

    @property
    def is_control(self):
        return self.text in ("^D", "^C")

    @property
    def echo(self):
        """What the terminal shows of it, as a regular expression."""
        if self.is_control:
            return r"(?:\^[CD]|\x08)*"
        return "" if self.hidden else re.escape(self.text)


def fill_in(text, variables):
    """`text` with <name> replaced for every name in `variables`."""
    return TOKEN.sub(lambda match: variables.get(match.group(1) or "", match.group(0)), text)


def _text_pattern(text, variables):
    pattern, end = "", 0
    for match in TOKEN.finditer(text):
        pattern += re.escape(text[end : match.start()])
        name = match.group(1)
        if name is None:
            pattern += WILDCARDS["any"]
        elif name in variables:
            pattern += re.escape(variables[name])
        else:
            pattern += WILDCARDS.get(name, re.escape(match.group(0)))
        end = match.end()
    return pattern + re.escape(text[end:])


def line_pattern(line, variables):
    """For one line; answers count as echoed."""
    if line.strip() == "...":
        return re.compile(r".*")
    echoed = ANSWER.sub(lambda match: match.group(1) or "", line)
    return re.compile(_text_pattern(echoed, variables))


def stages(lines, variables):
    """[(pattern of all output so far, answer to type then), ..., (pattern of all output, None)]."""
    result, pattern = [], ""
    for line in lines:
        if line.strip() == "...":
            pattern += r"(?:[^\n]*\n)*?"
            continue
        end, control = 0, False
        for match in ANSWER.finditer(line):
            pattern += _text_pattern(line[end : match.start()], variables)
            hidden = match.group(1) is None
            answer = Answer(fill_in(match.group(2 if hidden else 1), variables), hidden)
            result.append((re.compile(pattern), answer))
            pattern += answer.echo
            end, control = match.end(), answer.is_control
        # Nobody pressed Enter, so a line break is up to the program.
        pattern += _text_pattern(line[end:], variables) + (r"\n?" if control else r"\n")
    result.append((re.compile(pattern), None))
    return result


def generalize(line, variables):
    """A line of real output as it should stand in a transcript."""
    for name, value in sorted(variables.items(), key=lambda item: -len(item[1])):
        if len(value) > 3:
            line = line.replace(value, f"<{name}>")
    for name in ("time", "rfc3339", "span", "size"):
        line = re.sub(r"(?<![\w*-])" + WILDCARDS[name] + r"(?!\w)", f"<{name}>", line)
    return line
