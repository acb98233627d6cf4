"""Holds recorded HTTP requests against the AWS service models that botocore ships.

Reads JSON lines {method, url, headers, bodyBase64} from standard input and writes
{"operations": {"service.Operation": count}, "problems": ["service.Operation: ...", ...]}.

Each request is read back by its protocol (query, ec2, json, rest-json, rest-xml) to an operation and its parameters,
which botocore's own ParamValidator checks: required members, types, lower bounds, members that the model does not have.
That validator leaves out enums, patterns and upper bounds, because services may widen them; what we send must
be within them as they are today, so they are checked here.
"""

import base64
import json
import re
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from urllib.parse import parse_qsl, unquote, urlsplit

from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

LOADER = Loader()
# Of signing, of the SDK and of S3's transfer encoding: no operation has them as members.
TRANSPORT_HEADERS = re.compile(
    r"x-amz-(date|content-sha256|security-token|user-agent|decoded-content-length|trailer|sdk-.*|target|te)$"
)


def models():
    """By signing name, which the Authorization header carries."""
    found = {}
    for name in ("s3", "eks", "emr-containers", "stepfunctions", "lambda", "sns", "ssm", "ec2", "pricing", "logs"):
        model = ServiceModel(LOADER.load_service_model(name, "service-2"), name)
        found[model.signing_name] = model
    return found


def check(request, services):
    scope = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request", request["headers"].get("authorization", ""))
    model = services.get(scope.group(1)) if scope else None
    if model is None:
        service = scope.group(1) if scope else "no service"
        return None, [f"{request['method']} {request['url']}: signed for {service}, which is not known here"]
    try:
        operation, parameters, problems = read(request, model)
    except (KeyError, ValueError, ET.ParseError) as error:
        return None, [f"{model.service_name} {request['method']} {request['url']}: cannot be read: {error!r}"]
    shape = operation.input_shape
    name = f"{model.service_name}.{operation.name}"
    if shape is not None:
        report = ParamValidator().validate(parameters, shape)
        problems += [report.generate_report()] if report.has_errors() else []
        problems += list(limits(shape, parameters, operation.name))
    elif parameters:
        problems.append(f"takes no parameters, was given {sorted(parameters)}")
    return name, [f"{name}: {problem}" for problem in problems]


def read(request, model):
    body = base64.b64decode(request["bodyBase64"])
    protocol = model.metadata["protocol"]
    if protocol == "json":
        prefix, _, name = request["headers"]["x-amz-target"].rpartition(".")
        wrong = [] if prefix == model.metadata["targetPrefix"] else [f"the target's prefix is {prefix}"]
        return model.operation_model(name), json.loads(body), wrong
    if protocol in ("query", "ec2"):
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
        operation = model.operation_model(fields.pop("Action"))
        version = fields.pop("Version")
        wrong = [] if version == model.api_version else [f"the version is {version}"]
        rest = set(fields)
        parameters = from_form(operation.input_shape, fields, "", protocol, rest)
        return operation, parameters, wrong + [f"unknown field {name}" for name in sorted(rest)]
    return from_rest(request, model, body)


def from_form(shape, fields, prefix, protocol, rest):
    """The value of a shape in a form; `rest` is left with the fields that no member took."""
    if shape.type_name == "structure":
        found = {}
        for name, member in shape.members.items():
            key = member.serialization.get("queryName") or member.serialization.get("name", name)
            if protocol == "ec2":
                key = member.serialization.get("queryName") or key[0].upper() + key[1:]
            path = f"{prefix}.{key}" if prefix else key
            if any(field == path or field.startswith(f"{path}.") for field in fields):
                found[name] = from_form(member, fields, path, protocol, rest)
        return found
    if shape.type_name == "list":
        flat = protocol == "ec2" or shape.serialization.get("flattened")
        stem = prefix if flat else f"{prefix}.{shape.member.serialization.get('name', 'member')}"
        numbers = sorted({int(m.group(1)) for f in fields if (m := re.match(rf"{re.escape(stem)}\.(\d+)", f))})
        return [from_form(shape.member, fields, f"{stem}.{n}", protocol, rest) for n in numbers]
    rest.discard(prefix)
    return typed(shape, fields[prefix])


def from_rest(request, model, body):
    url = urlsplit(request["url"])
    query = parse_qsl(url.query, keep_blank_values=True)
    candidates = [match for name in model.operation_names if (match := matched(model.operation_model(name), request, url, query))]
    if not candidates:
        raise ValueError("no operation of the model has this method, path and query")
    _, operation, parameters = max(candidates, key=lambda candidate: candidate[0])
    problems = []
    told = dict(query).get("x-id")
    if told not in (None, operation.name):
        problems.append(f"the SDK calls it {told}")
    shape = operation.input_shape
    known = {literal for literal, _ in literals(operation)} | {"x-id"}
    known |= {m.serialization["name"] for m in shape.members.values() if m.serialization.get("location") == "querystring"}
    problems += [f"unknown query parameter {name}" for name, _ in query if name not in known]
    headers = {m.serialization["name"].lower(): n for n, m in shape.members.items() if m.serialization.get("location") == "header"}
    for name, value in request["headers"].items():
        if name in headers:
            parameters[headers[name]] = typed(shape.members[headers[name]], value)
        elif name.startswith("x-amz-") and not TRANSPORT_HEADERS.match(name):
            problems.append(f"unknown header {name}")
    return operation, {**parameters, **from_body(shape, body, model.metadata["protocol"])}, problems


def literals(operation):
    _, _, query = operation.http["requestUri"].partition("?")
    return parse_qsl(query, keep_blank_values=True)


def matched(operation, request, url, query):
    """(score, operation, parameters of path and query): the more of the query it explains, the better."""
    if operation.http["method"] != request["method"] or operation.input_shape is None:
        return None
    template = operation.http["requestUri"].partition("?")[0]
    names = re.findall(r"\{(\w+)\+?\}", template)
    parts = re.split(r"(\{\w+\+?\})", template.rstrip("/") or "/")
    pattern = "".join("(.+)" if p.endswith("+}") else "([^/]+)" if p.startswith("{") else re.escape(p) for p in parts)
    path = re.fullmatch(pattern, url.path.rstrip("/") or "/")
    if path is None or not all(literal in query for literal in literals(operation)):
        return None
    members = {m.serialization.get("name", n): (n, m) for n, m in operation.input_shape.members.items()}
    parameters = {members[name][0]: unquote(value) for name, value in zip(names, path.groups())}
    score = len(literals(operation)) - len(names) / 100
    for name, (member, shape) in members.items():
        if shape.serialization.get("location") == "querystring":
            values = [value for key, value in query if key == name]
            if values:
                score += 1
                parameters[member] = [typed(shape.member, v) for v in values] if shape.type_name == "list" else typed(shape, values[0])
            elif member in operation.input_shape.required_members:
                return None
        if shape.serialization.get("location") == "header" and member in operation.input_shape.required_members:
            if name.lower() not in request["headers"]:
                return None
            score += 1
    return score, operation, parameters


def from_body(shape, body, protocol):
    payload = shape.serialization.get("payload")
    if payload is not None:
        member = shape.members[payload]
        if member.type_name == "blob":
            return {payload: body}
        return {payload: from_xml(member, ET.fromstring(body))} if body else {}
    inside = {m.serialization.get("name", n): n for n, m in shape.members.items() if "location" not in m.serialization}
    if not body or not inside:
        return {}
    if protocol != "rest-json":
        raise ValueError("an XML body without a payload member")
    return {inside.get(name, name): value for name, value in json.loads(body).items()}


def from_xml(shape, element):
    if shape.type_name == "structure":
        found = {}
        for name, member in shape.members.items():
            children = [c for c in element if c.tag.rpartition("}")[2] == member.serialization.get("name", name)]
            if children and member.type_name == "list" and member.serialization.get("flattened"):
                found[name] = [from_xml(member.member, child) for child in children]
            elif children:
                found[name] = from_xml(member, children[0])
        return found
    if shape.type_name == "list":
        return [from_xml(shape.member, child) for child in element]
    return typed(shape, element.text or "")


def typed(shape, text):
    if shape.type_name in ("integer", "long"):
        return int(text)
    if shape.type_name in ("float", "double"):
        return float(text)
    if shape.type_name == "boolean":
        return {"true": True, "false": False}[text]
    return text


def limits(shape, value, path):
    """Enums, patterns and upper bounds."""
    if shape.type_name == "structure" and isinstance(value, dict):
        for name, inner in value.items():
            if name in shape.members:
                yield from limits(shape.members[name], inner, f"{path}.{name}")
    elif shape.type_name == "list" and isinstance(value, list):
        yield from too_many(shape, len(value), path)
        for index, inner in enumerate(value):
            yield from limits(shape.member, inner, f"{path}[{index}]")
    elif shape.type_name == "map" and isinstance(value, dict):
        yield from too_many(shape, len(value), path)
        for key, inner in value.items():
            yield from limits(shape.key, key, f"{path} key")
            yield from limits(shape.value, inner, f"{path}[{key}]")
    elif isinstance(value, str):
        yield from too_many(shape, len(value), path)
        enum = shape.metadata.get("enum", [])
        if enum and value not in enum:
            yield f"{path}: {value!r} is none of {enum}"
        pattern = shape.metadata.get("pattern")
        if pattern and not matches(pattern, value):
            yield f"{path}: {value!r} does not match {pattern}"
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield from too_many(shape, value, path)


def too_many(shape, size, path):
    most = shape.metadata.get("max")
    if most is not None and size > most:
        yield f"{path}: {size} is more than {most}"


def matches(pattern, value):
    """The services match the whole text, and in Java; the Unicode classes that Python does not know stand for any character here."""
    return re.fullmatch(re.sub(r"\\[pP]\{\w+\}", r"\\s\\S", pattern), value) is not None


def main():
    services = models()
    operations, problems = Counter(), Counter()
    for line in sys.stdin:
        name, found = check(json.loads(line), services)
        operations[name or "unread"] += 1
        problems.update(found)
    json.dump({"operations": operations, "problems": sorted(problems)}, sys.stdout)


main()
