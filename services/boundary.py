"""The boundary to git: what gitstore raises, translated once into what services refuse with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from designsystem import codes
from designsystem.problem import Problem
from gitstore.errors import (
    InvalidPath,
    InvalidRefName,
    RefLocked,
    RefMoved,
    RepositoryMissing,
    TimedOut,
    TooBusy,
    TooLarge,
    UnknownRevision,
)
from services import errors


@contextmanager
def git_errors() -> Iterator[None]:
    """Raise service errors in place of gitstore's."""
    try:
        yield
    except RefMoved as error:
        raise errors.Conflict(f"{error.name} has moved meanwhile; read it again and repeat.") from error
    except UnknownRevision as error:
        text = str(error)
        raise errors.NotFound(f"{text[:1].upper()}{text[1:]}.") from error
    except InvalidRefName as error:
        raise errors.InvalidInput([Problem(codes.BAD_REF_NAME, str(error))]) from error
    except InvalidPath as error:
        raise errors.InvalidInput([Problem(codes.BAD_PATH, str(error))]) from error
    except TooLarge as error:
        raise errors.TooLarge(str(error)) from error
    except (RefLocked, TooBusy, TimedOut) as error:
        raise errors.Unavailable("The repository is busy; try again.") from error
    except RepositoryMissing as error:
        raise errors.Unavailable("The repository cannot be read now.", retry_after=5) from error
