"""Every setting, read once: flag over `WHEREFROM_*` over `wherefrom.toml` over default."""

import os
import tomllib
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from index.errors import UserError

PREFIX = "WHEREFROM_"
FILE = Path("wherefrom.toml")
"""In the folder the command is run in."""

LevelName = Literal["sparse", "standard", "dense"]
"""The values of `index.keyframes.Level`, which is too dear to import for reading settings."""


def _listed(value: object, by: str) -> object:
    """Return what a variable lists as a list."""
    return [one for one in value.split(by) if one.strip()] if isinstance(value, str) else value


def _whole(folders: tuple[Path, ...]) -> tuple[Path, ...]:
    return tuple(folder.absolute() for folder in folders)


type Port = Annotated[int, Field(ge=1, le=65535)]
type Ports = Annotated[tuple[Port, ...], BeforeValidator(lambda one: _listed(one, ","))]
type Folders = Annotated[
    tuple[Path, ...],
    BeforeValidator(lambda one: _listed(one, os.pathsep)),
    AfterValidator(_whole),
]
type Networks = Annotated[
    tuple[IPv4Network | IPv6Network, ...], BeforeValidator(lambda one: _listed(one, ","))
]


class Settings(BaseModel):
    """What can be set; `docs/configuration.md` tells what for.

    Attributes:
        archive: The folder of the archive.
        level: How densely files are indexed.
        workers: Files measured at the same time; None for one a processor.
        sscd_model: A learned model, by name or path; None to do without one.
        c2pa_trust: Certificates of those whose manifests are trusted, a PEM file; None for none.
        host: Address the service listens at.
        port: Where it listens.
        tracers: Clips that the service traces at the same time.
        keep_hours: How long the service keeps a clip that was sent to it, and what it made of it.
        upload_limit: Most bytes of a clip that is sent to the service.
        ingest_roots: Folders below which the service may be asked to add files to the archive.
        hook_networks: Networks that hooks may be in although the world cannot reach them.
        rate: Requests a second that the holder of a key may go on making.
        burst: Requests that one may make at once.
        begins: Traces, and other long work, that one may ask for in a minute.
        fetch: Whether the service fetches clips from addresses it is given.
        fetch_ports: Ports it may fetch from besides those that are usual.
        queue_limit: Most clips that wait to be traced.
        caller_limit: Most clips of one caller that wait or are being traced.
        audit_days: How long the audit log keeps who did what; 0 for good.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    archive: Path | None = None
    level: LevelName = "standard"
    workers: Annotated[int, Field(ge=1, le=256)] | None = None
    sscd_model: str | None = None
    c2pa_trust: Path | None = None
    host: str = "127.0.0.1"
    port: Port = 8417
    tracers: Annotated[int, Field(ge=0, le=64)] = 1
    keep_hours: Annotated[float, Field(gt=0, le=24 * 3650)] = 72.0
    upload_limit: Annotated[int, Field(ge=1)] = 2_000_000_000
    ingest_roots: Folders = ()
    hook_networks: Networks = ()
    rate: Annotated[float, Field(gt=0, le=1_000_000)] = 50.0
    burst: Annotated[int, Field(ge=1, le=1_000_000)] = 200
    begins: Annotated[int, Field(ge=1, le=1_000_000)] = 60
    fetch: bool = False
    fetch_ports: Ports = ()
    queue_limit: Annotated[int, Field(ge=1)] = 100
    caller_limit: Annotated[int, Field(ge=1)] = 50
    audit_days: Annotated[float, Field(ge=0, le=36500)] = 400.0

    @property
    def deeds_kept(self) -> float | None:
        """Seconds for which it is kept who did what; None for good."""
        return 86400 * self.audit_days or None


def load(*, environment: Mapping[str, str] = os.environ, **flags: object) -> Settings:
    """Return the settings in force.

    Args:
        environment: Variables by name; an empty one counts as unset.
        flags: By the setting's name; None where a flag was not given.

    Raises:
        UserError: A value is not allowed, or the file names something that is no setting.
    """
    named = {name: environment.get(PREFIX + name.upper()) for name in Settings.model_fields}
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        return Settings.model_validate(
            _of_file() | {name: value for name, value in named.items() if value} | given
        )
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        if first["type"] == "extra_forbidden":
            raise UserError(
                f"{FILE} names {name}, which is no setting.",
                hint=f"Remove it; there are {', '.join(Settings.model_fields)}.",
            ) from error
        raise UserError(
            f"The setting {name} cannot be {first['input']!r}: {first['msg']}.",
            hint=f"Mend --{name}, {PREFIX}{name.upper()} or {name} in {FILE}.",
        ) from error


def _of_file() -> dict[str, object]:
    try:
        return tomllib.loads(FILE.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise UserError(f"{FILE} cannot be read: {error}.", hint="Mend or remove it.") from error
