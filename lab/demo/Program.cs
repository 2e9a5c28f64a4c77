using System.CommandLine;
using System.Text.Json;
using Devices.Lab.Demo;
using Devices.Preservation;

var tier = new Option<PreservationTier>("--tier") { Description = "warm: without a reset. cold: with one.", DefaultValueFactory = static _ => PreservationTier.Warm };
var results = new Option<string>("--results") { Description = "The folder for notes and report.", Required = true };
var before = new Command("before", "Bring the devices up and replace the kernel under them.") { tier, results };
var after = new Command("after", "Restore the devices and report.") { tier, results };
var keeper = new Command(KeeperProcess.Verb, "Be the keeper.");
before.SetAction(parsed => BeforeJump.Run(parsed.GetValue(tier), parsed.GetRequiredValue(results)));
after.SetAction(parsed =>
{
    var report = AfterJump.Run(parsed.GetValue(tier), parsed.GetRequiredValue(results));
    File.WriteAllText(Path.Combine(parsed.GetRequiredValue(results), "report.json"), JsonSerializer.Serialize(report, DemoJson.Default.Report));
    ReportPrinter.Print(report);
    return report.Failures.Count == 0 ? 0 : 1;
});
keeper.SetAction(static _ => KeeperProcess.Run());
return new RootCommand("The lab's main job: an NVMe controller and an edu device kept alive over a kexec.") { before, after, keeper }.Parse(args).Invoke();
