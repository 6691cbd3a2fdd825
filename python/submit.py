"""The script that `spark-submit` is given: the command `copydesk-spark` where the wheel is not installed, but unpacked in a
folder `cd` beside the script or in the working folder, as `--archives copydesk_spark.zip#cd` does on a cluster.
"""

import os
import sys

for folder in ("cd", os.path.join(os.path.dirname(os.path.abspath(__file__)), "cd")):
    if os.path.isdir(folder):
        sys.path.insert(0, os.path.abspath(folder))
        break

from copydesk_spark.command import main  # noqa: E402

sys.exit(main())
