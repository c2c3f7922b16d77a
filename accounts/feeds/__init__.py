"""The room of the readers: what a feed's files say, as typed records, or why they cannot be read.

Rules of the room:

* Pure: no Django, no database, no clock, no network. Everything here can be run on a laptop with a folder of
  files.
* Streaming: memory does not grow with the files. Records come from generators that can be started again.
* A fault that makes a whole delivery untrustworthy raises `report.Refusal`, which names the file and the
  line. A fault of one line becomes a `report.Issue` in the `report.Report` that the caller hands over, and
  the rest is read.
* Reasons are stable English codes; the sentences for the screen are written above this room.
* What is decided by looking at several records at once stands in `families`, as functions over records.
* Personal data that the console has no use for (regime, grants, subjects, a pupil's address) are not read.

The way in is `delivery.read_delivery`; `invent` writes deliveries to read. A new format brings a module that
turns its own entries into the same records.
"""
