"""useq's sequences as dimensions; one of them recorded."""

import pytest

import zarrcam as acquire
from conftest import small

useq = pytest.importorskip("useq")


def sequence(**plans):
    return useq.MDASequence(**plans)


FULL = {
    "axis_order": "tcz",
    "channels": [{"config": "DAPI", "exposure": 20}, {"config": "GFP", "exposure": 20}],
    "z_plan": {"range": 2, "step": 0.5},
    "time_plan": {"interval": 1.5, "loops": 3},
}


def test_dimensions_steps_and_names():
    layout = acquire.from_useq(sequence(**FULL))
    z, c, t = layout.dimensions
    assert [(d.name, d.kind.value, d.array_size_px) for d in layout.dimensions] == [
        ("z", "Space", 5),
        ("c", "Channel", 2),
        ("t", "Time", 3),
    ]
    assert (z.scale, z.unit, t.scale, t.unit, c.scale, c.labels) == (0.5, "micrometer", 1.5, "second", 0.0, ["DAPI", "GFP"])
    assert (layout.channels, layout.z_step_um, layout.time_interval_s) == (["DAPI", "GFP"], 0.5, 1.5)
    assert (layout.frame_count, layout.exposure_time_us, layout.positions) == (30, 20_000.0, [])


@pytest.mark.parametrize(
    ("changes", "names", "z_step", "interval"),
    [
        ({"axis_order": "tzc"}, "czt", 0.5, 1.5),
        ({"axis_order": "czt"}, "tzc", 0.5, 1.5),
        ({"z_plan": {"relative": [0, 1, 5]}}, "zct", None, 1.5),
        ({"z_plan": {"top": 3, "bottom": 0, "step": 1, "go_up": False}}, "zct", 1.0, 1.5),
        ({"time_plan": [{"interval": 1, "loops": 2}, {"interval": 5, "loops": 2}]}, "zct", 0.5, None),
        ({"time_plan": {"interval": 0, "loops": 4}}, "zct", 0.5, None),
        ({"time_plan": None, "z_plan": None}, "c", None, None),
        ({"time_plan": None, "z_plan": None, "channels": [], "axis_order": "ptcz", "stage_positions": [(1, 2, 3)]}, "t", None, None),
        ({"stage_positions": [(1, 2, 3)]}, "zct", 0.5, 1.5),
    ],
)
def test_what_sequences_mean(changes, names, z_step, interval):
    layout = acquire.from_useq(sequence(**{**FULL, **changes}))
    assert "".join(dimension.name for dimension in layout.dimensions) == names
    assert (layout.z_step_um, layout.time_interval_s) == (z_step, interval)
    size = 1
    for dimension in layout.dimensions:
        size *= dimension.array_size_px
    assert size == layout.frame_count


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"axis_order": "tpcz", "stage_positions": [(0, 0), (1, 1)]}, "several stage positions, and zarrcam moves no stage"),
        ({"axis_order": "tgcz", "grid_plan": {"rows": 1, "columns": 2}}, "several grid positions"),
        ({"channels": ["DAPI", {"config": "GFP", "do_stack": False}]}, "do_stack"),
        ({"channels": ["DAPI", {"config": "GFP", "acquire_every": 2}]}, "acquire_every"),
    ],
)
def test_what_an_array_has_no_place_for_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        acquire.from_useq(sequence(**{**FULL, **changes}))


def test_positions_become_a_dimension_where_the_script_moves_the_stage():
    places = [{"x": 0, "y": 0, "name": "well A1"}, {"x": 1, "y": 1}]
    layout = acquire.from_useq(sequence(**{**FULL, "axis_order": "ptcz", "stage_positions": places}), positions="dimension")
    last = layout.dimensions[-1]
    assert (last.name, last.kind.value, last.array_size_px, last.labels) == ("p", "Other", 2, ["well A1", "p1"])
    assert layout.positions == ["well A1", "p1"] and layout.frame_count == 60
    with pytest.raises(ValueError, match='"refuse" or "dimension"'):
        acquire.from_useq(sequence(**FULL), positions="all")


def test_a_sequence_is_recorded(runtime):
    properties = small(runtime, storage="ZarrV3", uri="sequence.zarr", exposure_us=0)
    layout = acquire.from_useq(sequence(**{**FULL, "time_plan": {"interval": 0.2, "loops": 2}, "channels": ["DAPI", "GFP"]}))
    layout.apply(properties.video[0])
    runtime.set_configuration(properties)
    runtime.start()
    summary = runtime.stop()
    assert summary["complete"] and summary["streams"][0]["frames_stored"] == 20
    info = runtime.call("datasets.info", name="sequence.zarr")
    assert info["shape"] == [2, 2, 5, 48, 64]
    axes = {axis["name"]: axis for axis in info["axes"]}
    assert (axes["t"]["scale"], axes["t"]["unit"], axes["z"]["scale"], axes["z"]["unit"]) == (0.2, "second", 0.5, "micrometer")
    assert axes["c"]["labels"] == ["DAPI", "GFP"]
