"""Holds commands of the AWS CLI against the CLI itself: operation, options, types, required ones, queries. Nothing is sent.

Reads a JSON list of commands, each a list of words after "aws", and writes the list of what is wrong with each, null when nothing is.

A command of a service is followed up to the request that would be sent; `aws s3` says what it would do (--dryrun). Version 1 is what Python's registry has; what only version 2
has is checked by a table from its reference (docs.aws.amazon.com/cli/latest/reference).
"""

import contextlib
import io
import json
import os
import sys
import tempfile

import jmespath
from awscli.botocore.awsrequest import AWSResponse
from awscli.clidriver import create_clidriver

# By command, its options; each takes a value unless it is None.
VERSION_2 = {
    ("logs", "tail"): {
        "--since": "", "--follow": None, "--format": "", "--filter-pattern": "", "--log-stream-names": "",
        "--log-stream-name-prefix": "",
    },
    ("sso", "login"): {"--no-browser": None, "--sso-session": "", "--use-device-code": None},
}
# Of all commands of version 2: how a payload is written.
VERSION_2_GLOBAL = {"--cli-binary-format": ["base64", "raw-in-base64-out"]}


def check(words):
    words = ["1" if word == "…" else word for word in words]
    for option, values in VERSION_2_GLOBAL.items():
        if option in words:
            at = words.index(option)
            if words[at + 1] not in values:
                return f"{option} takes one of {values}"
            words = words[:at] + words[at + 2 :]
    if tuple(words[:2]) in VERSION_2:
        return check_version_2(words, VERSION_2[tuple(words[:2])])
    # Named in running text, without what it takes.
    if len(words) == 2 and words[0] != "s3":
        return None if words[1] in commands_of(words[0]) else f"there is no {' '.join(words)}"
    if "--query" in words:
        try:
            jmespath.compile(words[words.index("--query") + 1])
        except jmespath.exceptions.ParseError as error:
            return str(error)
    return run([*words, "--dryrun"] if words[0] == "s3" else words)


def check_version_2(words, options):
    rest = words[2:]
    while rest:
        word = rest.pop(0)
        if not word.startswith("--"):
            continue
        if word not in options:
            return f"unknown option {word}"
        if options[word] is not None and not rest:
            return f"{word} takes a value"
        if options[word] is not None:
            rest.pop(0)
    return None


def commands_of(service):
    found = create_clidriver().create_help_command().command_table.get(service)
    return found.create_help_command().command_table if found else {}


def run(words):
    """What the CLI says against it; a request that is about to be sent has been found good."""
    sent, wrong, said = [], [], io.StringIO()

    def send(request, **_):
        sent.append(request.url)
        return AWSResponse(request.url, 200, {}, None)

    def look(params, model, **_):
        wrong.extend(outside_enums(model.input_shape, params))

    driver = create_clidriver()
    driver.session.register("before-send", send)
    driver.session.register("provide-client-params", look)
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        try:
            code = driver.main(words)
        except SystemExit as end:
            code = end.code
    if wrong:
        return "; ".join(wrong)
    return None if sent or (words[0] == "s3" and code == 0) else said.getvalue().strip() or f"ended with {code}"


def outside_enums(shape, value):
    """botocore leaves enums to the service."""
    if shape.type_name == "structure":
        for name, inner in value.items():
            if name in shape.members:
                yield from outside_enums(shape.members[name], inner)
    elif shape.type_name == "list":
        for inner in value:
            yield from outside_enums(shape.member, inner)
    elif getattr(shape, "enum", None) and value not in shape.enum:
        yield f"{value} is none of {', '.join(shape.enum)}"


def main():
    os.environ.update(AWS_REGION="us-east-1", AWS_DEFAULT_REGION="us-east-1", AWS_ACCESS_KEY_ID="x",
                      AWS_SECRET_ACCESS_KEY="x", AWS_CONFIG_FILE="/dev/null", AWS_SHARED_CREDENTIALS_FILE="/dev/null",
                      AWS_EC2_METADATA_DISABLED="true", AWS_ENDPOINT_URL="http://127.0.0.1:9", AWS_PAGER="", PAGER="cat")
    commands = json.load(sys.stdin)
    infra = os.path.abspath("infra")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.symlink(infra, "infra")
        # What is copied from here.
        os.makedirs(".local")
        open(".local/variantspark.jar", "w").close()
        problems = [check(words) for words in commands]
        os.chdir("/")
    json.dump(problems, sys.stdout)


main()
