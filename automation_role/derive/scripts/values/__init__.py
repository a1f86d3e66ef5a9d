"""The abstract domain: what a script's variables may hold, and what each of these does when it is called, read or written.

Where to look:
    `thing`: the kind that all others build on, and unknown values; `asking`: questions to any value; `unions`: one of several values, and the
        join; `arguments`: of a call; `reading`: what reads a script, as values see it
    `containers`, `lists`, `exact_lists`, `dicts`, `keys`, `lazy`, `strings`, `texts`, `writing`, `plain`: data, and how it is written in texts
    `signatures`, `functions`, `decorators`, `partials`, `bound_methods`, `attributes`, `classes`, `mro`, `fields`, `enums`, `instances`,
        `special_methods`, `own_mappings`, `supers`: what the script defines; `undefined`
    `external`, `known_libraries`, `modules`: what it imports; `credentials`, `inputs`: what it is for AWS
    `scalars`: texts, numbers and `None` as things, for whoever asks them what every value is asked
    `frames`: variables and summaries; `work`: the work that values count
"""
