"""The one error a person is meant to read."""


class InputError(ValueError):
    """Something a person gave us cannot be used.

    The message is one sentence that names the file or value at fault and the
    remedy. Command lines print it and exit with code 2; the page shows it in
    place. Anything else that is raised is a defect of ours.
    """
