#!/usr/bin/env python3
"""Writes the manual pages, from the program's own help and schema, so that they never say anything else.

man.py BINARY VERSION DATE DIRECTORY    (DATE: 2026-01-31) -> DIRECTORY/man1/*.1, DIRECTORY/man5/aotbroker-profile.5
"""
import json
import pathlib
import re
import subprocess
import sys

PROGRAM = "aotbroker"
ESCAPES = {"\\": r"\e", "-": r"\-", "~": r"\(ti", "^": r"\(ha", "`": r"\(ga", "'": r"\(aq"}


def escaped(text):
    text = "".join(ESCAPES.get(c, c if c.isascii() else f"\\[u{ord(c):04X}]") for c in text)
    return "\n".join("\\&" + line if line.startswith(".") else line for line in text.split("\n"))


def prose(text):
    """Running text, in which what stands in backquotes is to be typed."""
    marked = escaped("".join(part if i % 2 == 0 else f"\x01{part}\x02" for i, part in enumerate(text.split("`"))))
    # A line may break within an address or a key, which are longer than a line.
    return re.sub(r"(?<=[\w}])([/|:,])(?=\S)", r"\1\\:", marked).replace("\x01", r"\fB").replace("\x02", r"\fP")


def quoted(text):
    return '"' + escaped(text).replace('"', r"\(dq") + '"'


class Page:
    def __init__(self, name, section, about, version, date):
        self.name, self.section = name, section
        self.lines = [f".TH {quoted(name.upper())} {section} {date} {quoted(PROGRAM + ' ' + version)}", ".nh", ".ad l", ".SH NAME", f"{escaped(name)} \\- {escaped(about)}"]

    def heading(self, text):
        self.lines.append(f".SH {quoted(text)}")

    def part(self, text):
        self.lines.append(f".SS {quoted(text)}")

    def paragraph(self, text):
        if not self.lines[-1].startswith((".SH", ".SS")):
            self.lines.append(".PP")
        self.lines.append(prose(text))

    def verbatim(self, text):
        self.lines += [".PP"] * (not self.lines[-1].startswith((".SH", ".SS"))) + [".nf", escaped(text), ".fi"]

    def item(self, term, text):
        self.lines += [".TP", f"\\fB{escaped(term)}\\fP", prose(text)]

    def see_also(self, pages):
        self.heading("SEE ALSO")
        for i, (name, section) in enumerate(pages):
            self.lines.append(f".BR {escaped(name)} ({section}){',' if i < len(pages) - 1 else ''}")

    def write(self, directory):
        folder = directory / f"man{self.section}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.name}.{self.section}").write_text("\n".join(self.lines) + "\n", encoding="utf-8")


def first_sentence(text):
    """For the line that apropos searches: it names the page, and no more."""
    return re.split(r"[:;] |, from|\.$", text, maxsplit=1)[0]


def paragraphs(overview):
    """The parts of the overview that are no list: what the program is, and how a profile and an exit code are chosen."""
    return [" ".join(part.split()) for part in overview.split("\n\n") if "\n  " not in part and not part.startswith("Usage:")]


def main_page(overview, commands, version, date):
    about, *rest = paragraphs(overview)
    exit_codes = next(part for part in rest if part.startswith("Exit codes: "))
    page = Page(PROGRAM, 1, first_sentence(about), version, date)
    page.heading("SYNOPSIS")
    page.verbatim(f"{PROGRAM} COMMAND [options]\n{PROGRAM} help [COMMAND]")
    page.heading("DESCRIPTION")
    for part in [about, *rest]:
        if part != exit_codes and not part.startswith("Documentation: "):
            page.paragraph(part)
    page.heading("COMMANDS")
    for name, command in commands.items():
        page.item(name, command["about"] + ".")
    page.heading("OPTIONS")
    page.item("-h, --help", "Prints an overview, or the help of a command.")
    page.item("-V, --version", "Prints the version.")
    page.heading("EXIT STATUS")
    for code in exit_codes.removeprefix("Exit codes: ").rstrip(".").split(", "):
        number, _, meaning = code.partition(" ")
        page.item(number, meaning)
    page.heading("FILES")
    page.item("~/.config/aotbroker/profiles/NAME.json, /etc/aotbroker/profiles/NAME.json", "Profiles: see aotbroker-profile(5).")
    page.see_also([(f"{PROGRAM}-{name}", 1) for name in sorted(commands)] + [(f"{PROGRAM}-profile", 5)])
    return page


def command_page(name, command, version, date):
    page = Page(f"{PROGRAM}-{name}", 1, first_sentence(command["about"]), version, date)
    page.heading("SYNOPSIS")
    page.verbatim(command["usage"])
    page.heading("DESCRIPTION")
    page.paragraph(" ".join(filter(None, [command["about"] + ".", command["more"]])))
    if command["arguments"]:
        page.heading("ARGUMENTS")
        for argument, about in command["arguments"].items():
            page.item(argument, about)
    page.heading("OPTIONS")
    for option, row in command["options"].items():
        page.item(f"{option} {row['value']}".strip(), row["about"])
    page.item("-h, --help", "Print this help")
    if command["examples"]:
        page.heading("EXAMPLES")
        page.verbatim("\n".join(command["examples"]))
    page.see_also([(PROGRAM, 1), (f"{PROGRAM}-profile", 5)])
    return page


class Schema:
    def __init__(self, document):
        self.document = document

    def resolve(self, schema):
        return self.document["$defs"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema

    def variants(self, schema):
        return [self.resolve(one) for one in self.resolve(schema).get("oneOf", [])]

    @staticmethod
    def kind(schema):
        if "const" in schema:
            return json.dumps(schema["const"])
        if "enum" in schema:
            return " or ".join(json.dumps(value) for value in schema["enum"])
        if "oneOf" in schema:
            return "one of those below"
        return {"array": "list", "integer": "number"}.get(schema.get("type", ""), schema.get("type", "any"))

    def members(self, page, schema):
        for name, member in schema.get("properties", {}).items():
            member = self.resolve(member)
            needed = ", required" if name in schema.get("required", []) else ""
            text = member.get("description", "")
            if "default" in member:
                text += f" Default: `{json.dumps(member['default'])}`."
            if "examples" in member and "const" not in member:
                text += f" Example: `{json.dumps(member['examples'][0])}`."
            page.item(f"{name} ({self.kind(member)}{needed})", text)


def profile_page(document, version, date):
    schema = Schema(document)
    page = Page(f"{PROGRAM}-profile", 5, "what a workload's identity is exchanged for", version, date)
    page.heading("SYNOPSIS")
    page.verbatim("~/.config/aotbroker/profiles/NAME.json\n/etc/aotbroker/profiles/NAME.json")
    page.heading("DESCRIPTION")
    page.paragraph(document["description"])
    page.heading("EXAMPLE")
    page.verbatim(json.dumps(document["examples"][0], indent=2))
    page.heading("MEMBERS")
    schema.members(page, document)
    for name, member in document["properties"].items():
        member = schema.resolve(member)
        variants = schema.variants(member)
        if variants:
            page.heading(member["title"].upper() + f" ({name})")
            page.paragraph(member["description"])
            for variant in variants:
                page.part(variant["title"])
                page.paragraph(variant["description"])
                schema.members(page, variant)
        elif "properties" in member:
            page.heading(member["title"].upper() + f" ({name})")
            schema.members(page, member)
    page.see_also([(PROGRAM, 1), (f"{PROGRAM}-schema", 1)])
    return page


def main(binary, version, date, directory):
    def output(*arguments):
        return subprocess.run([binary, *arguments], check=True, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL).stdout

    directory = pathlib.Path(directory)
    commands = json.loads(output("help", "--json"))["commands"]
    main_page(output("help"), commands, version, date).write(directory)
    for name, command in commands.items():
        command_page(name, command, version, date).write(directory)
    profile_page(json.loads(output("schema", "profile")), version, date).write(directory)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
