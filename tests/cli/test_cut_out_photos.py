import sys

import cv2
import numpy as np


def test_photos_with_alphas_become_cut_outs_with_the_colours_of_the_person_alone(tmp_path, monkeypatch):
    from tools import cut_out_photos  # noqa: PLC0415

    alpha = cv2.GaussianBlur(cv2.circle(np.zeros((80, 60), np.uint8), (30, 40), 20, 255, -1), (0, 0), 2)
    opacity = alpha[..., None] / 255
    photo = np.rint(opacity * (30, 60, 200) + (1 - opacity) * (90, 160, 40)).astype(np.uint8)
    for folder in ("image", "alpha"):
        (tmp_path / folder).mkdir()
    for name in ("wanted_1", "other_1"):
        cv2.imwrite(str(tmp_path / "image" / f"{name}.png"), photo)
        cv2.imwrite(str(tmp_path / "alpha" / f"{name}.png"), alpha)
    words = ["cut_out_photos", str(tmp_path), str(tmp_path / "cutouts"), "--only", "wanted*"]
    monkeypatch.setattr(sys, "argv", words)
    cut_out_photos.main()
    (made,) = (tmp_path / "cutouts").iterdir()
    assert made.name == "wanted_1.png"
    cutout = cv2.imread(str(made), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(cutout[..., 3], alpha)
    half = (alpha > 60) & (alpha < 200)
    assert np.abs(cutout[half][:, :3].astype(int) - (30, 60, 200)).max() < 40  # and no green of the old background
    made.write_bytes(b"kept")
    cut_out_photos.main()
    assert made.read_bytes() == b"kept"
