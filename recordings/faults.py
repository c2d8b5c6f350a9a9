"""Why a job could not be finished this time, or ever."""


class NotYet(RuntimeError):
    """What the job needs is not there yet; it is tried again later."""


class Hopeless(RuntimeError):
    """No later attempt can succeed: the job is dead at once, with this reason."""


class LeaseLost(RuntimeError):
    """Another worker has the job now; whatever this one did changes nothing."""


class NotStored(LookupError):
    """The storage holds nothing under this key."""


class StorageAway(OSError):
    """The storage cannot be reached or refuses; says what it said."""


class NotABackup(RuntimeError):
    """A folder is not what a backup must be, or not what it was; says what is wrong."""


class BadKey(ValueError):
    """A storage key that is not merchant/year/month/name, or would leave the folder."""


class NotSound(ValueError):
    """The bytes are not a WAV that can be played, or not a whole one."""
