using System.CommandLine;
using Replay.Client;

namespace Replay.Replayer;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    /// <summary>Name of the environment variable that holds the target's password where the URL has none.</summary>
    public const string PasswordVariable = "DBREPLAY_PASSWORD";

    /// <summary>The same for the second server, where a command has two.</summary>
    public const string AgainstPasswordVariable = "DBREPLAY_AGAINST_PASSWORD";

    public static Argument<string> Workload() => new("workload") { Description = "The workload's folder (NAME.workload)." };

    public static Option<string> Target() => new("--target")
    {
        Description = $"Where to: {TargetUrl.Usage}. A password may also be in the environment variable {PasswordVariable}, or in a file by --target-password-file.",
        HelpName = "URL",
        Required = true,
    };

    public static Option<string?> TargetPasswordFile() => new("--target-password-file")
    {
        Description = "A file whose first line is the password of the URL's user.",
        HelpName = "F",
    };

    public static Option<bool> Quiet() => new("--quiet") { Description = "No progress and no remarks on standard error; warnings and errors stay." };

    public static Option<string[]> Force() => new("--force")
    {
        Description = $"Checks to ignore, parted by commas: {string.Join(", ", TargetGuards.Names)}.",
        HelpName = "CHECK,...",
        AllowMultipleArgumentsPerToken = true,
    };

    public static Option<string[]> Tools() => new("--tools")
    {
        Description = "Folder in which the vendor's and this project's programs are looked for before PATH; may be given several times.",
        HelpName = "DIR",
    };

    public static Option<int?> RetryVictims() => new("--retry-victims")
    {
        Description = "Sends the transaction of a deadlock or serialisation victim that production had not again as a whole, up to N times (3 if no number is given), with its connection's other exchanges waiting; "
            + "counted apart, and its latency is not compared. Without this it has failed, and the rest of its transaction is left out.",
        HelpName = "N",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Option<string> Login()
    {
        var login = new Option<string>("--login")
        {
            Description = "target: log in as the URL's user and take the captured user on; captured: log in as the captured user with the password from --password-file.",
            HelpName = "target|captured",
            DefaultValueFactory = static _ => "target",
        };
        login.AcceptOnlyFromAmong("target", "captured");
        return login;
    }

    public static Option<string?> PasswordFile() => new("--password-file") { Description = "Passwords of captured users, lines of user:password.", HelpName = "F" };

    public static PasswordFile ReadPasswordFile(ParseResult parsed, Option<string?> option) =>
        parsed.GetValue(option) is { } path ? Replayer.PasswordFile.Read(path) : Replayer.PasswordFile.Empty;

    public static LoginMode ReadLogin(ParseResult parsed, Option<string> login) => parsed.GetValue(login) == "captured" ? LoginMode.Captured : LoginMode.Target;

    public static int ReadRetryVictims(ParseResult parsed, Option<int?> option)
    {
        if (parsed.GetResult(option) is not { Implicit: false })
        {
            return 0;
        }

        var attempts = parsed.GetValue(option) ?? VictimRetries.DefaultAttempts;
        return attempts is >= 0 and <= VictimRetries.MaxAttempts
            ? attempts
            : throw new CommandException($"--retry-victims {attempts}: expected a number from 0 (not) to {VictimRetries.MaxAttempts}");
    }

    public static TargetUrl ReadTarget(ParseResult parsed, Option<string> target, Option<string?> passwordFile) =>
        WithPassword(parsed.GetRequiredValue(target), parsed.GetValue(passwordFile));

    public static TargetUrl WithPassword(string text, string? passwordFile, string variable = PasswordVariable)
    {
        var url = TargetUrl.Parse(text);
        if (passwordFile is not null)
        {
            try
            {
                return url with { Password = File.ReadLines(passwordFile).FirstOrDefault() ?? "" };
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new CommandException($"the password file cannot be read: {e.Message}");
            }
        }

        return url.Password is null && Environment.GetEnvironmentVariable(variable) is { Length: > 0 } password ? url with { Password = password } : url;
    }

    public static IReadOnlySet<string> ReadForce(ParseResult parsed, Option<string[]> force)
    {
        var names = (parsed.GetValue(force) ?? []).SelectMany(f => f.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToHashSet(StringComparer.Ordinal);
        var unknown = names.FirstOrDefault(n => !TargetGuards.Names.Contains(n));
        return unknown is null ? names : throw new CommandException($"--force {unknown}: there is no such check; {string.Join(", ", TargetGuards.Names)} are");
    }

    public static Progress MakeProgress(bool quiet, string? label = null) => new(Console.Error, quiet, !Console.IsErrorRedirected, TimeProvider.System, label, static () => Console.WindowWidth);
}
