"""`create configmap` and the three kinds of `create secret`.

Pure. Values of a Secret stand in the object alone: no error repeats one.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator

from bot.core.errors import UsageError
from bot.core.ports import JsonObject
from bot.core.quoting import quote
from bot.kube.documents import to_compact_json, to_ordered_json
from bot.kube.generators.names import key_faults
from bot.kube.generators.objects import CONFIG_MAP, SECRET, Generated, generated, metadata
from bot.kube.generators.sources import (
    Entry,
    Shelf,
    Sources,
    environment,
    literal,
)

DOCKER_KEY = ".dockerconfigjson"
_DOCKER_TYPE = "kubernetes.io/dockerconfigjson"
# No vowels, so that no words come about; the letters are those of generated names.
_WITHOUT_VOWELS = str.maketrans({"0": "g", "1": "h", "3": "k", "a": "m", "e": "t"})


def config_map(name: str, sources: Sources, shelf: Shelf, *, append_hash: bool) -> Generated:
    """Return a ConfigMap; what is no UTF-8 becomes binary data.

    Raises:
        UsageError: a source cannot be read, or two have one key.
    """
    sources.check()
    texts: dict[str, str] = {}
    binary: dict[str, str] = {}
    for key, value in _entries(sources, shelf, ("files", "literals", "env_files")):
        _check_new(name, key, texts, binary)
        try:
            texts[key] = value.decode()
        except UnicodeDecodeError:
            binary[key] = base64.b64encode(value).decode()
    texts, binary = dict(sorted(texts.items())), dict(sorted(binary.items()))
    if append_hash:
        about = {"kind": CONFIG_MAP.kind, "name": name, "data": texts}
        name = f"{name}-{_hash(about | ({'binaryData': binary} if binary else {}))}"
    found = ({"data": texts} if texts else {}) | ({"binaryData": binary} if binary else {})
    return generated(CONFIG_MAP, metadata(name), **found)


def secret(
    name: str, sources: Sources, shelf: Shelf, *, type_: str = "", append_hash: bool = False
) -> Generated:
    """Return a Secret of that type; without one it is Opaque.

    Raises:
        UsageError: a source cannot be read, or two have one key.
    """
    sources.check()
    entries = _entries(sources, shelf, ("literals", "files", "env_files"))
    return _secret(name, entries, type_, append_hash=append_hash)


def docker_secret(
    name: str, login: tuple[str, str, str, str], *, append_hash: bool = False
) -> Generated:
    """Return a Secret for pulling images; `login` is server, user, password and address."""
    server, user, password, email = login
    token = base64.b64encode(f"{user}:{password}".encode()).decode()
    entry = {"username": user, "password": password, "email": email, "auth": token}
    text = to_ordered_json({"auths": {server: {key: v for key, v in entry.items() if v}}})
    return _secret(name, [(DOCKER_KEY, text.encode())], _DOCKER_TYPE, append_hash=append_hash)


def tls_secret(
    name: str, certificate: bytes, key: bytes, *, append_hash: bool = False
) -> Generated:
    """Return a Secret of a certificate and its key."""
    entries = [("tls.crt", certificate), ("tls.key", key)]
    return _secret(name, entries, "kubernetes.io/tls", append_hash=append_hash)


def docker_sources(files: Iterable[str]) -> Sources:
    """Return the files of a docker configuration, under its key where none is given."""
    return Sources(files=tuple(one if "=" in one else f"{DOCKER_KEY}={one}" for one in files))


def docker_file_secret(
    name: str, sources: Sources, shelf: Shelf, *, append_hash: bool
) -> Generated:
    """Return a Secret for pulling images from a docker configuration.

    Raises:
        UsageError: a source cannot be read, or two have one key.
    """
    entries = _entries(sources, shelf, ("files",))
    return _secret(name, entries, _DOCKER_TYPE, append_hash=append_hash)


def _secret(name: str, entries: Iterable[Entry], type_: str, *, append_hash: bool) -> Generated:
    data: dict[str, str] = {}
    for key, value in entries:
        if faults := key_faults(key):
            said = ";".join(faults)
            raise UsageError(f"error: {quote(key)} is not valid key name for a Secret {said}")
        if key in data:
            raise UsageError(
                f"error: cannot add key {key}, another key by that name already exists"
            )
        data[key] = base64.b64encode(value).decode()
    data = dict(sorted(data.items()))
    if append_hash:
        about = {"kind": SECRET.kind, "type": type_, "name": name, "data": data}
        name = f"{name}-{_hash(about)}"
    found: JsonObject = ({"data": data} if data else {}) | ({"type": type_} if type_ else {})
    return generated(SECRET, metadata(name), **found)


def _entries(sources: Sources, shelf: Shelf, order: tuple[str, ...]) -> Iterator[Entry]:
    readers = {"literals": _literals, "files": _files, "env_files": _variables}
    for which in order:
        yield from readers[which](sources, shelf)


def _literals(sources: Sources, _shelf: Shelf) -> Iterator[Entry]:
    yield from map(literal, sources.literals)


def _files(sources: Sources, shelf: Shelf) -> Iterator[Entry]:
    for text in sources.files:
        yield from shelf.entries(text)


def _variables(sources: Sources, shelf: Shelf) -> Iterator[Entry]:
    for path in sources.env_files:
        yield from environment(path, shelf.read(path))


def _check_new(name: str, key: str, texts: JsonObject, binary: JsonObject) -> None:
    if faults := key_faults(key):
        said = ",".join(faults)
        raise UsageError(f"error: {quote(key)} is not a valid key name for a ConfigMap: {said}")
    for where, there in (("Data", texts), ("BinaryData", binary)):
        if key in there:
            raise UsageError(
                f'error: cannot add key "{key}", another key by that name already exists in'
                f' {where} for ConfigMap "{name}"'
            )


def _hash(about: JsonObject) -> str:
    """Return kubectl's short hash of what an object holds (`pkg/util/hash`)."""
    digest = hashlib.sha256(to_compact_json(about).encode()).hexdigest()
    return digest[:10].translate(_WITHOUT_VOWELS)
