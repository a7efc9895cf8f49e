// Made from the Rust values by native/runtime/tests/typescript.rs: UPDATE_TYPES=1 makes it again.
import type { Configuration, Example, StorageCapabilities, StorageFormat, VideoStream } from "./index.ts";

export interface StorageDevice extends StorageCapabilities {
  name: string;
  format: StorageFormat;
  description: string;
}

/** A stream as a document has it that says nothing. */
export const DEFAULT_STREAM: VideoStream = {
  "camera": {
    "identifier": null,
    "settings": {
      "binning": 1,
      "exposure_time_us": 0.0,
      "input_triggers": {
        "acquisition_start": {
          "edge": "Rising",
          "enable": false,
          "kind": "Input",
          "line": 0
        },
        "exposure": {
          "edge": "Rising",
          "enable": false,
          "kind": "Input",
          "line": 0
        },
        "frame_start": {
          "edge": "Rising",
          "enable": false,
          "kind": "Input",
          "line": 0
        }
      },
      "line_interval_us": 0.0,
      "offset": [
        0,
        0
      ],
      "output_triggers": {
        "exposure": {
          "edge": "Rising",
          "enable": false,
          "kind": "Input",
          "line": 0
        },
        "frame_start": {
          "edge": "Rising",
          "enable": false,
          "kind": "Input",
          "line": 0
        },
        "trigger_wait": {
          "edge": "Rising",
          "enable": false,
          "kind": "Input",
          "line": 0
        }
      },
      "pixel_type": "U8",
      "readout_direction": "Forward",
      "shape": [
        0,
        0
      ]
    }
  },
  "frame_average_count": 0,
  "max_frame_count": 18446744073709551615,
  "storage": {
    "identifier": null,
    "settings": {
      "acquisition_dimensions": [],
      "enable_multiscale": false,
      "external_metadata_json": null,
      "first_frame_id": 0,
      "pixel_scale_um": [
        0.0,
        0.0
      ],
      "uri": null
    },
    "write_delay_ms": 0.0
  }
};

/** What a fresh bridge starts with. */
export const DEFAULT_CONFIGURATION: Configuration = {
  "video": [
    {
      "camera": {
        "identifier": {
          "id": [
            0,
            0
          ],
          "kind": "Camera",
          "name": "simulated: radial sin"
        },
        "settings": {
          "binning": 1,
          "exposure_time_us": 50000.0,
          "input_triggers": {
            "acquisition_start": {
              "edge": "Rising",
              "enable": false,
              "kind": "Input",
              "line": 0
            },
            "exposure": {
              "edge": "Rising",
              "enable": false,
              "kind": "Input",
              "line": 0
            },
            "frame_start": {
              "edge": "Rising",
              "enable": false,
              "kind": "Input",
              "line": 0
            }
          },
          "line_interval_us": 0.0,
          "offset": [
            0,
            0
          ],
          "output_triggers": {
            "exposure": {
              "edge": "Rising",
              "enable": false,
              "kind": "Input",
              "line": 0
            },
            "frame_start": {
              "edge": "Rising",
              "enable": false,
              "kind": "Input",
              "line": 0
            },
            "trigger_wait": {
              "edge": "Rising",
              "enable": false,
              "kind": "Input",
              "line": 0
            }
          },
          "pixel_type": "U8",
          "readout_direction": "Forward",
          "shape": [
            1920,
            1080
          ]
        }
      },
      "frame_average_count": 0,
      "max_frame_count": 100,
      "storage": {
        "identifier": {
          "id": [
            0,
            0
          ],
          "kind": "Storage",
          "name": "ZarrV3Blosc1Lz4ByteShuffle"
        },
        "settings": {
          "acquisition_dimensions": [
            {
              "array_size_px": 1920,
              "chunk_size_px": 960,
              "kind": "Space",
              "name": "x",
              "shard_size_chunks": 0
            },
            {
              "array_size_px": 1080,
              "chunk_size_px": 540,
              "kind": "Space",
              "name": "y",
              "shard_size_chunks": 0
            },
            {
              "array_size_px": 0,
              "chunk_size_px": 10,
              "kind": "Time",
              "name": "t",
              "shard_size_chunks": 0
            }
          ],
          "enable_multiscale": false,
          "external_metadata_json": null,
          "first_frame_id": 0,
          "pixel_scale_um": [
            0.0,
            0.0
          ],
          "uri": "acquisition_001.zarr"
        },
        "write_delay_ms": 0.0
      }
    }
  ]
};

/** Documents to start from. */
export const EXAMPLES: Example[] = [
  {
    "configuration": {
      "video": [
        {
          "camera": {
            "identifier": {
              "id": [
                0,
                0
              ],
              "kind": "Camera",
              "name": "simulated: radial sin"
            },
            "settings": {
              "binning": 1,
              "exposure_time_us": 70000.0,
              "input_triggers": {
                "acquisition_start": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                },
                "exposure": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                },
                "frame_start": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                }
              },
              "line_interval_us": 0.0,
              "offset": [
                0,
                0
              ],
              "output_triggers": {
                "exposure": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                },
                "frame_start": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                },
                "trigger_wait": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                }
              },
              "pixel_type": "U8",
              "readout_direction": "Forward",
              "shape": [
                1920,
                1080
              ]
            }
          },
          "frame_average_count": 0,
          "max_frame_count": 300,
          "storage": {
            "identifier": {
              "id": [
                0,
                0
              ],
              "kind": "Storage",
              "name": "Zarr"
            },
            "settings": {
              "acquisition_dimensions": [
                {
                  "array_size_px": 1920,
                  "chunk_size_px": 960,
                  "kind": "Space",
                  "name": "x",
                  "shard_size_chunks": 0
                },
                {
                  "array_size_px": 1080,
                  "chunk_size_px": 540,
                  "kind": "Space",
                  "name": "y",
                  "shard_size_chunks": 0
                },
                {
                  "array_size_px": 10,
                  "chunk_size_px": 5,
                  "kind": "Space",
                  "name": "z",
                  "shard_size_chunks": 0
                },
                {
                  "array_size_px": 3,
                  "chunk_size_px": 1,
                  "kind": "Channel",
                  "name": "c",
                  "shard_size_chunks": 0
                },
                {
                  "array_size_px": 0,
                  "chunk_size_px": 10,
                  "kind": "Time",
                  "name": "t",
                  "shard_size_chunks": 0
                }
              ],
              "enable_multiscale": false,
              "external_metadata_json": null,
              "first_frame_id": 0,
              "pixel_scale_um": [
                0.0,
                0.0
              ],
              "uri": "out.zarr"
            },
            "write_delay_ms": 0.0
          }
        }
      ]
    },
    "description": "Acquire's tutorial: 10 time points, 3 channels and 10 planes of a simulated camera, in chunks.",
    "id": "chunked",
    "title": "Chunked tutorial"
  },
  {
    "configuration": {
      "video": [
        {
          "camera": {
            "identifier": {
              "id": [
                0,
                0
              ],
              "kind": "Camera",
              "name": "simulated: radial sin"
            },
            "settings": {
              "binning": 1,
              "exposure_time_us": 20000.0,
              "input_triggers": {
                "acquisition_start": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                },
                "exposure": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                },
                "frame_start": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                }
              },
              "line_interval_us": 0.0,
              "offset": [
                0,
                0
              ],
              "output_triggers": {
                "exposure": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                },
                "frame_start": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                },
                "trigger_wait": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                }
              },
              "pixel_type": "U16",
              "readout_direction": "Forward",
              "shape": [
                1024,
                1024
              ]
            }
          },
          "frame_average_count": 0,
          "max_frame_count": 160,
          "storage": {
            "identifier": {
              "id": [
                0,
                0
              ],
              "kind": "Storage",
              "name": "ZarrV3Blosc1ZstdByteShuffle"
            },
            "settings": {
              "acquisition_dimensions": [
                {
                  "array_size_px": 1024,
                  "chunk_size_px": 512,
                  "kind": "Space",
                  "name": "x",
                  "shard_size_chunks": 0
                },
                {
                  "array_size_px": 1024,
                  "chunk_size_px": 512,
                  "kind": "Space",
                  "name": "y",
                  "shard_size_chunks": 0
                },
                {
                  "array_size_px": 8,
                  "chunk_size_px": 8,
                  "kind": "Space",
                  "name": "z",
                  "scale": 0.5,
                  "shard_size_chunks": 0,
                  "unit": "micrometer"
                },
                {
                  "array_size_px": 2,
                  "chunk_size_px": 1,
                  "kind": "Channel",
                  "labels": [
                    "DAPI",
                    "GFP"
                  ],
                  "name": "c",
                  "shard_size_chunks": 0
                },
                {
                  "array_size_px": 0,
                  "chunk_size_px": 1,
                  "kind": "Time",
                  "name": "t",
                  "scale": 10.0,
                  "shard_size_chunks": 0,
                  "unit": "second"
                }
              ],
              "enable_multiscale": false,
              "external_metadata_json": null,
              "first_frame_id": 0,
              "multiscale": {
                "max_levels": 0,
                "method": "mean"
              },
              "notes": {
                "operator": "",
                "sample": "embryo",
                "text": ""
              },
              "pixel_scale_um": [
                0.11,
                0.11
              ],
              "uri": "time_lapse_001.zarr"
            },
            "write_delay_ms": 0.0
          },
          "time_point_interval_us": 10000000.0
        }
      ]
    },
    "description": "Every 10 s two channels of 8 planes, compressed, with zoom levels, scales and labels.",
    "id": "time_lapse",
    "title": "Time lapse in depth and colour"
  },
  {
    "configuration": {
      "video": [
        {
          "camera": {
            "identifier": {
              "id": [
                0,
                0
              ],
              "kind": "Camera",
              "name": "simulated: radial sin"
            },
            "settings": {
              "binning": 1,
              "exposure_time_us": 10000.0,
              "input_triggers": {
                "acquisition_start": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                },
                "exposure": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                },
                "frame_start": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                }
              },
              "line_interval_us": 0.0,
              "offset": [
                0,
                0
              ],
              "output_triggers": {
                "exposure": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                },
                "frame_start": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                },
                "trigger_wait": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                }
              },
              "pixel_type": "U16",
              "readout_direction": "Forward",
              "shape": [
                512,
                512
              ]
            }
          },
          "frame_average_count": 0,
          "max_frame_count": 18446744073709551615,
          "storage": {
            "identifier": {
              "id": [
                0,
                0
              ],
              "kind": "Storage",
              "name": "ZarrV3Blosc1Lz4ByteShuffle"
            },
            "settings": {
              "acquisition_dimensions": [
                {
                  "array_size_px": 512,
                  "chunk_size_px": 512,
                  "kind": "Space",
                  "name": "x",
                  "shard_size_chunks": 1
                },
                {
                  "array_size_px": 512,
                  "chunk_size_px": 512,
                  "kind": "Space",
                  "name": "y",
                  "shard_size_chunks": 1
                },
                {
                  "array_size_px": 0,
                  "chunk_size_px": 16,
                  "kind": "Time",
                  "name": "t",
                  "shard_size_chunks": 8
                }
              ],
              "enable_multiscale": false,
              "external_metadata_json": null,
              "first_frame_id": 0,
              "pixel_scale_um": [
                0.0,
                0.0
              ],
              "uri": "fast_001.zarr"
            },
            "write_delay_ms": 0.0
          }
        }
      ]
    },
    "description": "512 x 512 px in 16 bits at 100 frames a second, compressed, many frames to a file.",
    "id": "fast",
    "title": "Fast, until stopped"
  },
  {
    "configuration": {
      "video": [
        {
          "camera": {
            "identifier": {
              "id": [
                0,
                0
              ],
              "kind": "Camera",
              "name": "simulated: radial sin"
            },
            "settings": {
              "binning": 1,
              "exposure_time_us": 50000.0,
              "input_triggers": {
                "acquisition_start": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                },
                "exposure": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                },
                "frame_start": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                }
              },
              "line_interval_us": 0.0,
              "offset": [
                0,
                0
              ],
              "output_triggers": {
                "exposure": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                },
                "frame_start": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                },
                "trigger_wait": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                }
              },
              "pixel_type": "U8",
              "readout_direction": "Forward",
              "shape": [
                1024,
                768
              ]
            }
          },
          "frame_average_count": 0,
          "max_frame_count": 200,
          "name": "left",
          "storage": {
            "identifier": {
              "id": [
                0,
                0
              ],
              "kind": "Storage",
              "name": "ZarrV3"
            },
            "settings": {
              "acquisition_dimensions": [
                {
                  "array_size_px": 1024,
                  "chunk_size_px": 512,
                  "kind": "Space",
                  "name": "x",
                  "shard_size_chunks": 0
                },
                {
                  "array_size_px": 768,
                  "chunk_size_px": 384,
                  "kind": "Space",
                  "name": "y",
                  "shard_size_chunks": 0
                },
                {
                  "array_size_px": 0,
                  "chunk_size_px": 10,
                  "kind": "Time",
                  "name": "t",
                  "shard_size_chunks": 0
                }
              ],
              "enable_multiscale": false,
              "external_metadata_json": null,
              "first_frame_id": 0,
              "pixel_scale_um": [
                0.0,
                0.0
              ],
              "uri": "left_001.zarr"
            },
            "write_delay_ms": 0.0
          }
        },
        {
          "camera": {
            "identifier": {
              "id": [
                0,
                0
              ],
              "kind": "Camera",
              "name": "simulated: uniform random"
            },
            "settings": {
              "binning": 1,
              "exposure_time_us": 50000.0,
              "input_triggers": {
                "acquisition_start": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                },
                "exposure": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                },
                "frame_start": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                }
              },
              "line_interval_us": 0.0,
              "offset": [
                0,
                0
              ],
              "output_triggers": {
                "exposure": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                },
                "frame_start": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                },
                "trigger_wait": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                }
              },
              "pixel_type": "U16",
              "readout_direction": "Forward",
              "shape": [
                640,
                480
              ]
            }
          },
          "frame_average_count": 0,
          "max_frame_count": 200,
          "name": "right",
          "storage": {
            "identifier": {
              "id": [
                0,
                0
              ],
              "kind": "Storage",
              "name": "ZarrV3"
            },
            "settings": {
              "acquisition_dimensions": [
                {
                  "array_size_px": 640,
                  "chunk_size_px": 320,
                  "kind": "Space",
                  "name": "x",
                  "shard_size_chunks": 0
                },
                {
                  "array_size_px": 480,
                  "chunk_size_px": 240,
                  "kind": "Space",
                  "name": "y",
                  "shard_size_chunks": 0
                },
                {
                  "array_size_px": 0,
                  "chunk_size_px": 10,
                  "kind": "Time",
                  "name": "t",
                  "shard_size_chunks": 0
                }
              ],
              "enable_multiscale": false,
              "external_metadata_json": null,
              "first_frame_id": 0,
              "pixel_scale_um": [
                0.0,
                0.0
              ],
              "uri": "right_001.zarr"
            },
            "write_delay_ms": 0.0
          }
        }
      ]
    },
    "description": "Two streams side by side, each with its own store.",
    "id": "two_cameras",
    "title": "Two cameras"
  },
  {
    "configuration": {
      "video": [
        {
          "camera": {
            "identifier": {
              "id": [
                0,
                0
              ],
              "kind": "Camera",
              "name": "simulated: radial sin"
            },
            "settings": {
              "binning": 1,
              "exposure_time_us": 50000.0,
              "input_triggers": {
                "acquisition_start": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                },
                "exposure": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                },
                "frame_start": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                }
              },
              "line_interval_us": 0.0,
              "offset": [
                0,
                0
              ],
              "output_triggers": {
                "exposure": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                },
                "frame_start": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                },
                "trigger_wait": {
                  "edge": "Rising",
                  "enable": false,
                  "kind": "Input",
                  "line": 0
                }
              },
              "pixel_type": "U16",
              "readout_direction": "Forward",
              "shape": [
                640,
                480
              ]
            }
          },
          "frame_average_count": 0,
          "max_frame_count": 100,
          "storage": {
            "identifier": {
              "id": [
                0,
                0
              ],
              "kind": "Storage",
              "name": "tiff"
            },
            "settings": {
              "acquisition_dimensions": [
                {
                  "array_size_px": 640,
                  "chunk_size_px": 640,
                  "kind": "Space",
                  "name": "x",
                  "shard_size_chunks": 0
                },
                {
                  "array_size_px": 480,
                  "chunk_size_px": 480,
                  "kind": "Space",
                  "name": "y",
                  "shard_size_chunks": 0
                },
                {
                  "array_size_px": 0,
                  "chunk_size_px": 1,
                  "kind": "Time",
                  "name": "t",
                  "shard_size_chunks": 0
                }
              ],
              "enable_multiscale": false,
              "external_metadata_json": null,
              "first_frame_id": 0,
              "pixel_scale_um": [
                0.0,
                0.0
              ],
              "uri": "stack_001.tif"
            },
            "write_delay_ms": 0.0
          }
        }
      ]
    },
    "description": "100 frames as a BigTIFF for programs that know no Zarr.",
    "id": "tiff",
    "title": "TIFF stack"
  }
];

/** In the order in which lists show them. */
export const STORAGE_DEVICES: StorageDevice[] = [
  {
    "chunking": true,
    "codecs": [
      "none",
      "blosc-lz4",
      "blosc-zstd",
      "zstd"
    ],
    "compression": {
      "codec": "none",
      "level": 1,
      "shuffle": "byte"
    },
    "description": "OME-Zarr 0.5 (Zarr V3), uncompressed",
    "extension": ".zarr",
    "format": "zarr3",
    "multiscale": true,
    "name": "ZarrV3",
    "needs_uri": true,
    "sharding": true
  },
  {
    "chunking": true,
    "codecs": [
      "none",
      "blosc-lz4",
      "blosc-zstd",
      "zstd"
    ],
    "compression": {
      "codec": "blosc-lz4",
      "level": 1,
      "shuffle": "byte"
    },
    "description": "OME-Zarr 0.5 (Zarr V3), Blosc lz4: faster",
    "extension": ".zarr",
    "format": "zarr3",
    "multiscale": true,
    "name": "ZarrV3Blosc1Lz4ByteShuffle",
    "needs_uri": true,
    "sharding": true
  },
  {
    "chunking": true,
    "codecs": [
      "none",
      "blosc-lz4",
      "blosc-zstd",
      "zstd"
    ],
    "compression": {
      "codec": "blosc-zstd",
      "level": 1,
      "shuffle": "byte"
    },
    "description": "OME-Zarr 0.5 (Zarr V3), Blosc zstd: smaller",
    "extension": ".zarr",
    "format": "zarr3",
    "multiscale": true,
    "name": "ZarrV3Blosc1ZstdByteShuffle",
    "needs_uri": true,
    "sharding": true
  },
  {
    "chunking": true,
    "codecs": [
      "none",
      "blosc-lz4",
      "blosc-zstd",
      "zstd"
    ],
    "compression": {
      "codec": "none",
      "level": 1,
      "shuffle": "byte"
    },
    "description": "OME-Zarr 0.4 (Zarr V2), uncompressed",
    "extension": ".zarr",
    "format": "zarr2",
    "multiscale": true,
    "name": "Zarr",
    "needs_uri": true,
    "sharding": false
  },
  {
    "chunking": true,
    "codecs": [
      "none",
      "blosc-lz4",
      "blosc-zstd",
      "zstd"
    ],
    "compression": {
      "codec": "blosc-lz4",
      "level": 1,
      "shuffle": "byte"
    },
    "description": "OME-Zarr 0.4 (Zarr V2), Blosc lz4: faster",
    "extension": ".zarr",
    "format": "zarr2",
    "multiscale": true,
    "name": "ZarrBlosc1Lz4ByteShuffle",
    "needs_uri": true,
    "sharding": false
  },
  {
    "chunking": true,
    "codecs": [
      "none",
      "blosc-lz4",
      "blosc-zstd",
      "zstd"
    ],
    "compression": {
      "codec": "blosc-zstd",
      "level": 1,
      "shuffle": "byte"
    },
    "description": "OME-Zarr 0.4 (Zarr V2), Blosc zstd: smaller",
    "extension": ".zarr",
    "format": "zarr2",
    "multiscale": true,
    "name": "ZarrBlosc1ZstdByteShuffle",
    "needs_uri": true,
    "sharding": false
  },
  {
    "chunking": false,
    "codecs": [
      "none"
    ],
    "compression": {
      "codec": "none",
      "level": 1,
      "shuffle": "byte"
    },
    "description": "BigTIFF, one page per frame",
    "extension": ".tif",
    "format": "tiff",
    "multiscale": false,
    "name": "tiff",
    "needs_uri": true,
    "sharding": false
  },
  {
    "chunking": false,
    "codecs": [
      "none"
    ],
    "compression": {
      "codec": "none",
      "level": 1,
      "shuffle": "byte"
    },
    "description": "A folder with data.tif and metadata.json",
    "extension": "",
    "format": "tiff-json",
    "multiscale": false,
    "name": "tiff-json",
    "needs_uri": true,
    "sharding": false
  },
  {
    "chunking": false,
    "codecs": [
      "none"
    ],
    "compression": {
      "codec": "none",
      "level": 1,
      "shuffle": "byte"
    },
    "description": "Pixels back to back, described by a JSON file beside them",
    "extension": ".raw",
    "format": "raw",
    "multiscale": false,
    "name": "raw",
    "needs_uri": true,
    "sharding": false
  },
  {
    "chunking": false,
    "codecs": [
      "none"
    ],
    "compression": {
      "codec": "none",
      "level": 1,
      "shuffle": "byte"
    },
    "description": "Nothing is saved, frames are counted",
    "extension": "",
    "format": "trash",
    "multiscale": false,
    "name": "trash",
    "needs_uri": false,
    "sharding": false
  }
];

/** Units of space that OME-NGFF knows, in metres. */
export const SPACE_UNITS: Record<string, number> = {
  "angstrom": 1e-10,
  "attometer": 1e-18,
  "centimeter": 0.01,
  "decimeter": 0.1,
  "exameter": 1e+18,
  "femtometer": 1e-15,
  "foot": 0.3048,
  "gigameter": 1000000000.0,
  "hectometer": 100.0,
  "inch": 0.0254,
  "kilometer": 1000.0,
  "megameter": 1000000.0,
  "meter": 1.0,
  "micrometer": 1e-6,
  "mile": 1609.344,
  "millimeter": 0.001,
  "nanometer": 1e-9,
  "parsec": 3.085677581491367e+16,
  "petameter": 1000000000000000.0,
  "picometer": 1e-12,
  "terameter": 1000000000000.0,
  "yard": 0.9144,
  "yoctometer": 1e-24,
  "yottameter": 1e+24,
  "zeptometer": 1e-21,
  "zettameter": 1e+21
};
