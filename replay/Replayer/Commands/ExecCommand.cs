using System.CommandLine;

namespace Replay.Replayer;

/// <summary><c>dbreplay exec</c>.</summary>
internal static class ExecCommand
{
    // More is a benchmark, for which there are better tools.
    private const int MostTimes = 1000;

    public static Command Create(Interruption signals)
    {
        var folder = new Argument<string>("run") { Description = "The run's folder (NAME.run), or the workload's." };
        var session = new Argument<int>("session") { Description = "The session's number, as the report and 'show' have it." };
        var ordinal = new Argument<int>("ordinal") { Description = "The exchange's number in the session, from 0." };
        var workload = new Option<string?>("--workload") { Description = "The workload, if it is no longer where the run says.", HelpName = "W.workload" };
        var target = CommonOptions.Target();
        var targetPassword = CommonOptions.TargetPasswordFile();
        var login = CommonOptions.Login();
        var passwords = new Option<string?>("--password-file") { Description = "Passwords of captured users, lines of user:password.", HelpName = "F" };
        var times = new Option<int>("--times") { Description = "How often it is executed after the first time.", HelpName = "N", DefaultValueFactory = static _ => 5 };
        var timeout = new Option<string>("--timeout") { Description = "How long one execution may take.", HelpName = "D", DefaultValueFactory = static _ => "1m" };
        var force = CommonOptions.Force();
        var quiet = CommonOptions.Quiet();
        var command = new Command(
            "exec",
            "Executes one captured exchange with its session's user, settings and parameters, and prints its times and its plan. What writes is rolled back; what reads runs in a session that cannot write.")
        {
            folder, session, ordinal, workload, target, targetPassword, login, passwords, times, timeout, force, quiet,
        };
        var maps = new MapOptions();
        maps.AddTo(command);
        command.SetAction((parsed, _) => CommandRunner.RunAsync(async () =>
        {
            var count = parsed.GetValue(times);
            var options = new ExecOptions
            {
                Folder = parsed.GetRequiredValue(folder),
                Session = parsed.GetValue(session),
                Ordinal = parsed.GetValue(ordinal),
                Workload = parsed.GetValue(workload),
                Target = CommonOptions.ReadTarget(parsed, target, targetPassword) with { Names = maps.Read(parsed) },
                Login = CommonOptions.ReadLogin(parsed, login),
                Passwords = parsed.GetValue(passwords) is { } file ? PasswordFile.Read(file) : PasswordFile.Empty,
                Times = count is >= 0 and <= MostTimes ? count : throw new CommandException($"--times {count}: give a number from 0 to {MostTimes}"),
                Timeout = Durations.Parse(parsed.GetRequiredValue(timeout), "--timeout"),
                Force = CommonOptions.ReadForce(parsed, force),
            };
            var result = await new ExecRun(options, CommonOptions.MakeProgress(parsed.GetValue(quiet))).RunAsync(signals.Token);
            ExecSummary.Print(Console.Out, options, result);
            return result.Answers[^1].Error is null ? ExitCode.Done : ExitCode.No;
        }));
        return command;
    }
}
