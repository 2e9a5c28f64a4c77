using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Devices.Cli;
using Devices.Preservation;

namespace Devices.Tests.Cli;

/// <summary>The JSON that programs rely on, to the letter, and the same for people.</summary>
public sealed class ResultShapeTests
{
    private static readonly PreflightResult s_refused = new(
        Passed: false,
        [new TierResult("0000:01:00.0", "warm", ["Live: not asked."])],
        [new FindingResult("refused", "0000:01:00.0", "driver", "nvme has it.", "devkeep bind 0000:01:00.0")]);

    private static readonly MemoryListResult s_memory = new(
    [
        new NamedMemoryResult("rows", 4UL << 30, 8192, DateTimeOffset.UnixEpoch, "update", ["serve (pid 7)"], null),
        new NamedMemoryResult("state", 4096, 0, DateTimeOffset.UnixEpoch, null, [], "ad7f"),
    ]);

    [Fact]
    public void Vmm()
    {
        IsJson(
            new VmmPlugResult("0000:01:00.0", "vfio-0000-01-00.0", "port1", null, "qemu", null),
            DevkeepJson.Shapes.VmmPlugResult,
            """
            {
              "device": "0000:01:00.0",
              "id": "vfio-0000-01-00.0",
              "bus": "port1",
              "broker": null,
              "vmm": "qemu",
              "guest_address": null
            }
            """);
        IsJson(
            new VmmStateResult("state", 4096, Suspended: true),
            DevkeepJson.Shapes.VmmStateResult,
            """
            {
              "memory": "state",
              "length": 4096,
              "suspended": true
            }
            """);
        IsJson(
            new VmmUnplugResult("vfio-0000-01-00.0"),
            DevkeepJson.Shapes.VmmUnplugResult,
            """
            {
              "id": "vfio-0000-01-00.0"
            }
            """);
    }

    [Fact]
    public void Preflight() => IsJson(
        s_refused,
        DevkeepJson.Shapes.PreflightResult,
        """
        {
          "passed": false,
          "devices": [
            {
              "address": "0000:01:00.0",
              "tier": "warm",
              "limits": [
                "Live: not asked."
              ]
            }
          ],
          "findings": [
            {
              "level": "refused",
              "subject": "0000:01:00.0",
              "check": "driver",
              "reason": "nvme has it.",
              "way_out": "devkeep bind 0000:01:00.0"
            }
          ]
        }
        """);

    [Fact]
    public void Preflight_for_people_has_reason_way_out_and_verdict() => IsText(
        PreflightView.Render(s_refused),
        """
        LEVEL    SUBJECT       CHECK   REASON        WAY OUT
        refused  0000:01:00.0  driver  nvme has it.  devkeep bind 0000:01:00.0

        Tiers
        DEVICE        TIER  WHY NO MORE
        0000:01:00.0  warm  Live: not asked.

        Verdict
        refused: 1 check stands in the way; nothing was touched
        """);

    [Fact]
    public void Restore() => IsJson(
        new RestoreResult(
            "lab",
            "finished",
            [new RestoredDeviceResult("0000:01:00.0", "warm", "nvme", [], null, null)],
            BlackoutResult.Of(new Blackout(Ms(10.04), Ms(200), Ms(1700), Ms(300), Ms(5))),
            [],
            ["cache"],
            ["lab/device/0000:01:00.0"]),
        DevkeepJson.Shapes.RestoreResult,
        """
        {
          "session": "lab",
          "state": "finished",
          "devices": [
            {
              "address": "0000:01:00.0",
              "tier": "warm",
              "driver": "nvme",
              "config_differences": [],
              "cache_refusal": null,
              "fall_back_reason": null
            }
          ],
          "blackout": {
            "total_ms": 2215,
            "toolkit_ms": 315,
            "phases": {
              "freeze_ms": 10,
              "kernel_shutdown_ms": 200,
              "kernel_boot_ms": 1700,
              "restore_ms": 300,
              "resume_ms": 5
            }
          },
          "vfs_to_enable": [],
          "memory": [
            "cache"
          ],
          "held": [
            "lab/device/0000:01:00.0"
          ]
        }
        """);

    [Fact]
    public void Preserve() => IsJson(
        new PreserveResult("lab", "/run/k.sock", "/boot/vmlinuz", [new TierResult("0000:00:05.0", "warm", [])], [new MemoryResult("ram", 4096, "0x100000000")], 80000, []),
        DevkeepJson.Shapes.PreserveResult,
        """
        {
          "session": "lab",
          "keeper": "/run/k.sock",
          "image": "/boot/vmlinuz",
          "devices": [
            {
              "address": "0000:00:05.0",
              "tier": "warm",
              "limits": []
            }
          ],
          "memory": [
            {
              "name": "ram",
              "length": 4096,
              "iova": "0x100000000"
            }
          ],
          "record_capacity": 80000,
          "notes": []
        }
        """);

    private static readonly UpdatePlanResult s_plan = new(
        Passed: true,
        "update",
        "/run/k.sock",
        "/boot/vmlinuz",
        "kho=on",
        [new PlannedDeviceResult("0000:01:00.0", "warm", [], "nvme")],
        [new MemoryResult("ram", 4096, "0x100000000"), new MemoryResult("nvme-0000-01-00.0", 8192, null)],
        [new PlannedMemberResult("disks", 4711, "disks", [new PlannedMemberDeviceResult("0000:02:00.0", "warm")], 4096, null)],
        new EstimateResult(1500.5, 10.5, 1490, "the last time"),
        [new FindingResult("passed", "system", "memory", "It fits.", null)]);

    [Fact]
    public void Update_plan() => IsJson(
        s_plan,
        DevkeepJson.Shapes.UpdatePlanResult,
        """
        {
          "passed": true,
          "session": "update",
          "keeper": "/run/k.sock",
          "image": "/boot/vmlinuz",
          "command_line": "kho=on",
          "devices": [
            {
              "address": "0000:01:00.0",
              "tier": "warm",
              "limits": [],
              "driver": "nvme"
            }
          ],
          "memory": [
            {
              "name": "ram",
              "length": 4096,
              "iova": "0x100000000"
            },
            {
              "name": "nvme-0000-01-00.0",
              "length": 8192,
              "iova": null
            }
          ],
          "members": [
            {
              "name": "disks",
              "pid": 4711,
              "session": "disks",
              "devices": [
                {
                  "address": "0000:02:00.0",
                  "tier": "warm"
                }
              ],
              "memory": 4096,
              "freeze_ms": null
            }
          ],
          "estimate": {
            "total_ms": 1500.5,
            "freeze_ms": 10.5,
            "rest_ms": 1490,
            "basis": "the last time"
          },
          "findings": [
            {
              "level": "passed",
              "subject": "system",
              "check": "memory",
              "reason": "It fits.",
              "way_out": null
            }
          ]
        }
        """);

    [Fact]
    public void Update_plan_for_people_has_the_next_command_line_and_the_verdict() => IsText(
        UpdatePlanView.Render(s_plan),
        """
          Session:            update
          Keeper:             /run/k.sock
          Next kernel:        /boot/vmlinuz
          Its command line:   kho=on
          Estimated blackout: 1500.5 ms, of it 10.5 ms freeze
          Estimated of:       the last time

        Devices
        DEVICE        TIER  DRIVER  WHY NO MORE
        0000:01:00.0  warm  nvme

        Memory
        MEMORY             SIZE   IOVA
        ram                4 KiB  0x100000000
        nvme-0000-01-00.0  8 KiB  any, or none

        Members
        MEMBER            SESSION  DEVICES            MEMORY
        disks (pid 4711)  disks    0000:02:00.0 warm  4 KiB

        Checks
        LEVEL   SUBJECT  CHECK   REASON    WAY OUT
        passed  system   memory  It fits.  -

        Verdict
        nothing stands in the way
        """);

    [Fact]
    public void Memory_list() => IsJson(
        s_memory,
        DevkeepJson.Shapes.MemoryListResult,
        """
        {
          "memory": [
            {
              "name": "rows",
              "length": 4294967296,
              "allocated": 8192,
              "since": "1970-01-01T00:00:00+00:00",
              "session": "update",
              "used_by": [
                "serve (pid 7)"
              ],
              "sha256": null
            },
            {
              "name": "state",
              "length": 4096,
              "allocated": 0,
              "since": "1970-01-01T00:00:00+00:00",
              "session": null,
              "used_by": [],
              "sha256": "ad7f"
            }
          ]
        }
        """);

    [Fact]
    public void Memory_list_for_people() => IsText(
        MemoryListView.Render(s_memory),
        """
        MEMORY  SIZE   ALLOCATED  SESSION  USED BY        SHA-256
        rows    4 GiB  8 KiB      update   serve (pid 7)  -
        state   4 KiB  0 bytes    -        -              ad7f
        """);

    [Fact]
    public void Status() => IsJson(
        new StatusResult(
            new HandoverResult(true, true, new FormatsResult("kho-v4", "luo-v5", null), 1UL << 28, []),
            KexecLoaded: true,
            new KeeperResult(
                "/run/k.sock",
                7,
                DateTimeOffset.UnixEpoch,
                [new HeldSessionResult("lab", "outgoing", DateTimeOffset.UnixEpoch)],
                [new HeldDescriptorResult("lab/record", "memfd", "/memfd:lab/record (deleted)", "lab", 0)])),
        DevkeepJson.Shapes.StatusResult,
        """
        {
          "handover": {
            "kho": true,
            "live_update": true,
            "formats": {
              "kho": "kho-v4",
              "luo": "luo-v5",
              "memfd": null
            },
            "scratch_bytes": 268435456,
            "problems": []
          },
          "kexec_loaded": true,
          "keeper": {
            "socket": "/run/k.sock",
            "pid": 7,
            "since": "1970-01-01T00:00:00+00:00",
            "sessions": [
              {
                "name": "lab",
                "direction": "outgoing",
                "since": "1970-01-01T00:00:00+00:00"
              }
            ],
            "descriptors": [
              {
                "name": "lab/record",
                "kind": "memfd",
                "target": "/memfd:lab/record (deleted)",
                "session": "lab",
                "token": 0
              }
            ]
          }
        }
        """);

    private static void IsJson<T>(T result, JsonTypeInfo<T> shape, string expected) =>
        Assert.Equal(expected.ReplaceLineEndings("\n"), JsonSerializer.Serialize(result, shape));

    private static void IsText(Report report, string expected)
    {
        using var output = new StringWriter();
        PlainReportWriter.Write(report, output);
        Assert.Equal(expected.ReplaceLineEndings("\n") + "\n", output.ToString());
    }

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
