"""`create service`: the four types of it.

Pure.
"""

import re
from collections.abc import Sequence

from bot.core.errors import UsageError
from bot.core.ports import JsonObject
from bot.kube.generators.names import is_subdomain, port_name_faults
from bot.kube.generators.objects import SERVICE, Generated, generated, metadata

_NUMBER = re.compile(r"[+-]?[0-9]+")
PORTS = range(1, 65536)


def service(
    name: str,
    type_: str,
    ports: Sequence[str],
    *,
    cluster_ip: str = "",
    node_port: int = 0,
    external_name: str = "",
) -> Generated:
    """Return a Service of that type for the pods with the label `app=name`.

    `ports` are `80`, `80:8080` or `80:http`.

    Raises:
        UsageError: there is no port, one of them is none, or the external name is no name.
    """
    _check(type_, ports, cluster_ip, external_name)
    found = [_port(text, node_port) for text in ports]
    spec: JsonObject = {"ports": found} if found else {}
    spec |= {"selector": {"app": name}} | ({"clusterIP": cluster_ip} if cluster_ip else {})
    spec |= {"type": type_} | ({"externalName": external_name} if external_name else {})
    about = metadata(name, labels={"app": name})
    return generated(SERVICE, about, spec=spec, status={"loadBalancer": {}})


def _check(type_: str, ports: Sequence[str], cluster_ip: str, external_name: str) -> None:
    if cluster_ip != "None" and not ports and type_ != "ExternalName":
        raise UsageError(
            "error: at least one tcp port specifier must be provided",
            next_step="Such as --tcp=80:8080",
        )
    if type_ == "ExternalName" and not is_subdomain(external_name):
        raise UsageError(
            f"error: invalid service external name {external_name}",
            next_step="Such as --external-name=db.example.org",
        )


def _port(text: str, node_port: int) -> JsonObject:
    parts = text.split(":")
    port = _number(parts[0])
    target = port if len(parts) == 1 else _target(parts[1])
    found = {"name": text.replace(":", "-"), "protocol": "TCP", "port": port, "targetPort": target}
    return found | ({"nodePort": node_port} if node_port else {})


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise _not_a_port(text, "invalid syntax")
    if int(text) > PORTS[-1]:
        raise _not_a_port(text, "value out of range")
    return int(text)


def _not_a_port(text: str, fault: str) -> UsageError:
    return UsageError(
        f'error: strconv.ParseUint: parsing "{text}": {fault}',
        next_step="A port is a number up to 65535, such as --tcp=80:8080",
    )


def _target(text: str) -> int | str:
    if _NUMBER.fullmatch(text):
        if int(text) not in PORTS:
            raise UsageError("error: must be between 1 and 65535, inclusive")
        return int(text)
    if faults := port_name_faults(text):
        raise UsageError(f"error: {','.join(faults)}")
    return text
