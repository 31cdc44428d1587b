#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make_layouts.py FOLDER: tiny files in the layouts that solvers and benchmarks write, for the tests of
`banach data` and the examples in docs/data.md. All hold the same physics: a periodic field that a heat
equation smooths."""
import os
import sys

import h5py
import numpy as np

folder = sys.argv[1]
rng = np.random.default_rng(0)


def new(name, **options):
    return h5py.File(os.path.join(folder, name), "w", **options)


def smooth(a, steps, axes):
    """The field and `steps` later ones, each a step of the heat equation on periodic axes."""
    k2 = sum((np.fft.fftfreq(a.shape[i], 1 / a.shape[i]) ** 2)
             .reshape([-1 if j == i else 1 for j in range(a.ndim)]) for i in axes)
    spectrum = np.fft.fftn(a, axes=axes)
    return [np.fft.ifftn(spectrum * np.exp(-0.02 * j * k2), axes=axes).real for j in range(steps)]


def fields(*shape):
    """Random smooth fields [samples, ...]."""
    return smooth(rng.standard_normal(shape), 3, tuple(range(1, len(shape))))[2]


def plain():
    a = fields(24, 16)
    with new("plain.h5") as f:
        f["a"], f["u"] = a.astype("f4"), smooth(a, 5, (1,))[4].astype("f4")
        f["x"] = np.arange(16) / 16


def plain_2d():
    k = np.exp(2 * fields(16, 8, 8))
    with new("plain_2d.h5") as f:
        f["coeff"], f["sol"] = k.astype("f4"), np.log(k).astype("f4")


def train_test():
    with new("train_test.h5") as f:
        for name, samples in (("train", 20), ("test", 8)):
            a = fields(samples, 12)
            f[name + "/x"] = a.astype("f4")
            f[name + "/y"] = np.stack(smooth(a, 5, (1,)), axis=1).astype("f4")


def pdebench_flat():
    u = np.stack(smooth(fields(12, 16), 6, (1,)), axis=1)
    with new("pdebench_flat.hdf5") as f:
        f["tensor"] = u.astype("f4")
        f["x-coordinate"] = ((np.arange(16) + 0.5) / 16).astype("f4")
        f["t-coordinate"] = (0.05 * np.arange(7)).astype("f4")  # one too many, as published
        f.attrs["Nu"] = 0.02


def pdebench_darcy():
    nu = np.where(fields(12, 8, 8) > 0, 1.0, 0.1)
    with new("pdebench_darcy.hdf5") as f:
        f["nu"] = nu.astype("f4")
        f["tensor"] = smooth(nu, 3, (1, 2))[2][:, None].astype("f4")
        for axis in "xy":
            f[axis + "-coordinate"] = ((np.arange(8) + 0.5) / 8).astype("f4")
        f.attrs["beta"] = 1.0


def pdebench_cfd():
    with new("pdebench_cfd.hdf5") as f:
        for name in ("density", "pressure", "Vx"):
            f[name] = np.stack(smooth(fields(10, 16), 5, (1,)), axis=1).astype("f4")
        f["x-coordinate"] = ((np.arange(16) + 0.5) / 16).astype("f4")
        f["t-coordinate"] = (0.1 * np.arange(6)).astype("f4")
        f.attrs["eta"], f.attrs["zeta"] = 0.01, 0.01


def pdebench_grouped():
    with new("pdebench_grouped.h5", libver="latest") as f:
        for i in range(6):
            group = f.create_group("%04d" % i)
            u, v = fields(2, 8, 8)
            data = np.stack([smooth(u, 5, (0, 1)), smooth(v, 5, (0, 1))], axis=-1)
            group.create_dataset("data", data=data.astype("f4"), compression="lzf", shuffle=True,
                                 chunks=(5, 8, 8, 2))
            for axis in "xy":
                group["grid/" + axis] = ((np.arange(8) + 0.5) / 8).astype("f4")
            group["grid/t"] = (0.25 * np.arange(5)).astype("f4")
            group.attrs["config"] = "sim:\n  seed: %d\n" % i


def the_well():
    with new("the_well.hdf5", libver="latest") as f:
        f.attrs.update({"dataset_name": "heat", "grid_type": "cartesian", "n_spatial_dims": 2,
                        "n_trajectories": 6, "simulation_parameters": ["alpha"]})
        f.attrs["alpha"] = 0.5
        dims = f.create_group("dimensions")
        dims.attrs["spatial_dims"] = ["x", "y"]
        dims["time"] = 0.1 * np.arange(4)
        dims["time"].attrs["sample_varying"] = False
        for axis in "xy":
            dims[axis] = np.arange(8) / 8
            dims[axis].attrs.update({"sample_varying": False, "time_varying": False})
        edge = f.create_group("boundary_conditions/x_periodic")
        edge.attrs.update({"associated_dims": ["x"], "associated_fields": [], "bc_type": "PERIODIC"})
        f.create_group("scalars").attrs["field_names"] = ["alpha"]
        f["scalars/alpha"] = 0.5
        f["scalars/alpha"].attrs.update({"sample_varying": False, "time_varying": False})
        a = fields(6, 8, 8)
        for group, names in (("t0_fields", ["heat"]), ("t1_fields", ["flux"]), ("t2_fields", [])):
            f.create_group(group).attrs["field_names"] = np.array(names, dtype=h5py.string_dtype())
        flags = {"dim_varying": [True, True], "sample_varying": True, "time_varying": True}
        heat = np.stack(smooth(a, 4, (1, 2)), axis=1)
        f["t0_fields/heat"] = heat.astype("f4")
        f["t0_fields/heat"].attrs.update(flags)
        f["t1_fields/flux"] = np.stack(np.gradient(heat, axis=(2, 3)), axis=-1).astype("f4")
        f["t1_fields/flux"].attrs.update(flags)


def dolfinx():
    """A 6 x 6 mesh, its points in an order of their own, and one that is no grid."""
    for name, on_grid in (("dolfinx_grid.h5", True), ("dolfinx_points.h5", False)):
        grid = np.stack(np.meshgrid(np.arange(6) / 5, np.arange(6) / 5), axis=-1).reshape(-1, 2)
        points = grid[rng.permutation(36)]
        if not on_grid:
            points = points + 0.05 * rng.standard_normal(points.shape)
        with new(name, libver="latest") as f:
            f["Mesh/mesh/geometry"] = points
            f["Mesh/mesh/topology"] = np.zeros((8, 3), "i4")
            for i in range(8):
                c = rng.standard_normal(3)
                k = c[0] + c[1] * np.sin(np.pi * points[:, 0]) + c[2] * np.cos(np.pi * points[:, 1])
                f["Function/conductivity/%d" % i] = k[:, None]
                f["Function/temperature/%d" % i] = (k - k.mean())[:, None]


def dolfinx_times():
    points = np.stack(np.meshgrid(np.arange(5) / 4, np.arange(5) / 4), axis=-1).reshape(-1, 2)
    for run in range(3):
        with new("dolfinx_run_%d.h5" % run, libver="latest") as f:
            f["Mesh/mesh/geometry"] = points
            a, b = rng.standard_normal(2)
            for j in range(4):
                u = np.exp(-0.3 * j) * (a * points[:, 0] + b * points[:, 1])
                f["Function/u/" + str(0.1 * j).replace(".", "_")[:3]] = u[:, None]


def matlab():
    """As MATLAB 7.3 stores a(sample, x), u(sample, x) and x(1, x): 512 bytes in front, reversed."""
    a = fields(16, 12)
    with new("matlab_v73.mat", userblock_size=512) as f:
        for name, values in (("a", a), ("u", smooth(a, 5, (1,))[4]), ("x", np.arange(12)[None] / 12)):
            f.create_dataset(name, data=values.T.astype("f8"), compression="gzip" if name == "a" else None)
            f[name].attrs["MATLAB_class"] = np.bytes_("double")


def dedalus():
    for run in range(3):
        frames = np.stack(smooth(fields(1, 8, 8)[0], 6, (0, 1)))
        for part in range(2):
            with new("dedalus_run%d_s%d.h5" % (run, part + 1), libver="latest") as f:
                keep = slice(3 * part, 3 * part + 3)
                f["scales/sim_time"] = 0.1 * np.arange(6)[keep]
                for axis in "xz":
                    f["scales/%s_hash_0a" % axis] = np.arange(8) / 8
                    f["scales/%s_hash_0a" % axis].make_scale(axis)
                f["scales/sim_time"].make_scale("sim_time")
                f["tasks/b"] = frames[keep].astype("f4")
                f["tasks/u"] = np.stack(np.gradient(frames, axis=(1, 2)), axis=1)[keep].astype("f4")
                for name, spatial in (("b", 1), ("u", 2)):
                    dims = f["tasks"][name].dims
                    dims[0].label = "t"
                    dims[0].attach_scale(f["scales/sim_time"])
                    for i, axis in enumerate("xz"):
                        dims[spatial + i].label = axis
                        dims[spatial + i].attach_scale(f["scales/%s_hash_0a" % axis])


def vtkhdf():
    frames = [np.stack(smooth(fields(1, 8, 8)[0], 4, (0, 1))) for _ in range(4)]
    for i, frame in enumerate(frames):
        with new("vtkhdf_run_%d.vtkhdf" % i, libver="latest") as f:
            root = f.create_group("VTKHDF")
            root.attrs["Type"] = np.bytes_("ImageData")
            root.attrs.update({"Version": [2, 0], "WholeExtent": [0, 7, 0, 7, 0, 0],
                               "Origin": [0.0, 0.0, 0.0], "Spacing": [0.125, 0.125, 1.0]})
            root["PointData/T"] = frame[:, None].astype("f4")  # (time, z, y, x)
            root.create_group("Steps").attrs["NSteps"] = 4
            root["Steps/Values"] = 0.1 * np.arange(4)


def netcdf():
    """Dimensions as netCDF-4 stores them, one without coordinates; packed integers."""
    z = np.stack([np.stack(smooth(fields(1, 6, 8)[0], 4, (0, 1))) for _ in range(6)])
    with new("netcdf.nc") as f:
        f["time"], f["lat"], f["lon"] = 6.0 * np.arange(4), np.linspace(60, 40, 6), 10.0 * np.arange(8)
        f["member"] = np.zeros(6, ">f4")
        for name in ("time", "lat", "lon"):
            f[name].make_scale(name)
        f["member"].make_scale("This is a netCDF dimension but not a netCDF variable.         6")
        f["z"] = np.round(z / 0.001).astype("i2")
        f["z"].attrs.update({"scale_factor": 0.001, "add_offset": 0.5, "units": "m"})
        f["z"].attrs["_FillValue"] = np.array([-32767], "i2")
        for i, name in enumerate(("member", "time", "lat", "lon")):
            f["z"].dims[i].attach_scale(f[name])


def julia():
    """u[x, t, sample] of Julia or Fortran: reversed in the file."""
    u = np.stack(smooth(fields(10, 16), 5, (1,)), axis=1)  # (sample, t, x)
    with new("julia.h5") as f:
        f["u"], f["x"], f["t"] = u.astype("f4"), np.arange(16) / 16, 0.1 * np.arange(5)


def unaligned():
    """60 functions, each at four of its points."""
    v = np.repeat(smooth(fields(60, 12), 21, (1,))[20], 4, axis=0)
    y = rng.integers(0, 12, 240)
    with new("unaligned.h5") as f:
        f["X_train0"], f["X_train1"] = v.astype("f4"), (y[:, None] / 12).astype("f4")
        f["y_train"] = v[np.arange(240), y][:, None].astype("f4")


def storage():
    """One dataset for each way to store numbers, and links that are not followed."""
    a = np.arange(64, dtype="i4").reshape(8, 8)
    with new("storage.h5") as f:
        f.create_dataset("checksum", data=a, chunks=(4, 8), fletcher32=True, shuffle=True,
                         compression="gzip")
        f.create_dataset("offset", data=a, chunks=(8, 4), scaleoffset=0)
        f.create_dataset("lzf", data=a.astype("f8"), chunks=(2, 8), compression="lzf")
        f.create_dataset("growing", data=a.astype("f2"), maxshape=(None, None), chunks=(3, 3))
        f["half"], f["big"] = a.astype("f2"), a.astype(">f8")
        f["truth"], f["complex"] = a > 5, a * (1 + 2j)
        f["words"] = np.array(["a", "bc"], dtype=h5py.string_dtype())
        f["lists"] = np.array([np.arange(2), np.arange(3)], dtype=h5py.vlen_dtype("i4"))
        f["soft"], f["outside"] = h5py.SoftLink("/nothing"), h5py.ExternalLink("other.h5", "/u")
        f["again"] = f["half"]


for make in (plain, plain_2d, train_test, pdebench_flat, pdebench_darcy, pdebench_cfd, pdebench_grouped,
             the_well, dolfinx, dolfinx_times, matlab, dedalus, vtkhdf, netcdf, julia, unaligned,
             storage):
    make()
