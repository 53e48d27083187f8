using System.CommandLine;
using Replay.Statistics;

namespace Replay.Replayer;

/// <summary><c>dbreplay confirm</c>.</summary>
internal static class ConfirmCommand
{
    public static Command Create(Interruption signals)
    {
        var comparison = new Argument<string>("comparison") { Description = "The comparison's JSON (dbcompare --json)." };
        var workload = new Option<string?>("--workload") { Description = "The workload, if it is no longer where the comparison says.", HelpName = "W.workload" };
        var target = CommonOptions.Target();
        var targetPassword = CommonOptions.TargetPasswordFile();
        var against = new Option<string>("--against") { Description = $"The new server, as --target; its password may also be in {CommonOptions.AgainstPasswordVariable}.", HelpName = "URL", Required = true };
        var againstPassword = new Option<string?>("--against-password-file") { Description = "A file whose first line is the password of that URL's user.", HelpName = "F" };
        var login = CommonOptions.Login();
        var passwords = new Option<string?>("--password-file") { Description = "Passwords of captured users on the old server, lines of user:password.", HelpName = "F" };
        var againstPasswords = new Option<string?>("--against-passwords") { Description = "The same for the new server; without it the same file.", HelpName = "F" };
        var maxTime = new Option<string>("--max-time") { Description = "How long it may take in all; what is not certain by then is undecided.", HelpName = "D", DefaultValueFactory = static _ => "5m" };
        var minimum = new Option<double?>("--min-ratio") { Description = "Slower by less than this factor is no regression; without it as the comparison has it.", HelpName = "R" };
        var output = new Option<string?>("--out") { Description = "Write the outcomes as JSON, for dbcompare --confirmation.", HelpName = "F.json" };
        var force = CommonOptions.Force();
        var quiet = CommonOptions.Quiet();
        var command = new Command(
            "confirm",
            "Executes shapes that a comparison calls regressed or slower, and that only read, again on both servers in alternation, on the restored snapshot, until it is certain whether they are slower. "
            + "Exit status: 0 none is, 1 one is confirmed, 3 one is undecided.")
        {
            comparison, workload, target, targetPassword, against, againstPassword, login, passwords, againstPasswords, maxTime, minimum, output, force, quiet,
        };
        var maps = new MapOptions();
        var againstMaps = new MapOptions("--against-");
        maps.AddTo(command);
        againstMaps.AddTo(command);
        command.SetAction((parsed, _) => CommandRunner.RunAsync(async () =>
        {
            var ratio = parsed.GetValue(minimum);
            var old = parsed.GetValue(passwords);
            var fresh = parsed.GetValue(againstPasswords) ?? old;
            var options = new ConfirmOptions
            {
                Comparison = parsed.GetRequiredValue(comparison),
                Workload = parsed.GetValue(workload),
                Baseline = CommonOptions.ReadTarget(parsed, target, targetPassword) with { Names = maps.Read(parsed) },
                Candidate = CommonOptions.WithPassword(parsed.GetRequiredValue(against), parsed.GetValue(againstPassword), CommonOptions.AgainstPasswordVariable) with { Names = againstMaps.Read(parsed) },
                Out = parsed.GetValue(output),
                MaxTime = Durations.Parse(parsed.GetRequiredValue(maxTime), "--max-time"),
                Login = CommonOptions.ReadLogin(parsed, login),
                BaselinePasswords = old is null ? PasswordFile.Empty : PasswordFile.Read(old),
                CandidatePasswords = fresh is null ? PasswordFile.Empty : PasswordFile.Read(fresh),
                Force = CommonOptions.ReadForce(parsed, force),
                MinimumRatio = ratio is null or (>= 1 and <= 100) ? ratio : throw new CommandException($"--min-ratio {ratio}: give a number from 1 to 100"),
            };
            var result = await new ConfirmRun(options, CommonOptions.MakeProgress(parsed.GetValue(quiet))).RunAsync(signals.Token);
            ConfirmSummary.Print(Console.Out, result);
            if (options.Out is { } path)
            {
                result.Document.Write(path);
            }

            return Status(result);
        }));
        return command;
    }

    private static int Status(ConfirmResult result) =>
        result.Trials.Any(t => t.Outcome == ConfirmationOutcome.Confirmed) ? ExitCode.No
        : result.Trials.Any(t => t.Outcome == ConfirmationOutcome.Undecided) ? ExitCode.Undecided
        : ExitCode.Done;
}
