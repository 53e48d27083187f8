using System.Globalization;
using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Runs the steps that a plan asks for around restores and runs.</summary>
/// <param name="tools">Finds the vendor's client.</param>
/// <param name="side">The side's name: <c>baseline</c> or <c>candidate</c>.</param>
/// <param name="url">The side's server.</param>
public sealed class UpgradeHooks(VendorTools tools, string side, TargetUrl url)
{
    /// <summary>Runs steps in order; a <see cref="CommandException"/> that names the one that fails.</summary>
    public async Task RunAsync(IReadOnlyList<string> steps, CancellationToken cancellation)
    {
        foreach (var step in steps)
        {
            try
            {
                await (step.EndsWith(".sql", StringComparison.OrdinalIgnoreCase) ? RunSqlAsync(step, cancellation) : RunCommandAsync(step, cancellation));
            }
            catch (CommandException e)
            {
                throw new CommandException($"{side}: {step}: {e.Message}");
            }
        }
    }

    private Task RunCommandAsync(string command, CancellationToken cancellation) => VendorTools.RunAsync(
        "/bin/sh",
        ["-c", command],
        new Dictionary<string, string>(StringComparer.Ordinal) { ["REPLAY_URL"] = WithPassword(), ["REPLAY_SIDE"] = side },
        input: null,
        cancellation);

    private Task RunSqlAsync(string file, CancellationToken cancellation)
    {
        if (!File.Exists(file))
        {
            throw new CommandException("there is no such file");
        }

        var port = url.Port.ToString(CultureInfo.InvariantCulture);
        return url.Engine == Engine.PostgreSql
            ? VendorTools.RunAsync(
                tools.Find("psql"),
                ["--host", url.Host, "--port", port, "--username", url.User, "--dbname", url.Database.Length == 0 ? "postgres" : url.Database, "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--file", file],
                new Dictionary<string, string>(StringComparer.Ordinal) { ["PGPASSWORD"] = url.Password ?? "" },
                input: null,
                cancellation)
            : VendorTools.RunAsync(
                tools.Find("mariadb", "mysql"),
                ["--no-defaults", "--protocol=tcp", $"--host={url.Host}", $"--port={port}", $"--user={url.User}", .. MySqlClient.TlsArguments(tools.Find("mariadb", "mysql"), url.SslMode), .. url.Database.Length == 0 ? (string[])[] : [$"--database={url.Database}"]],
                new Dictionary<string, string>(StringComparer.Ordinal) { ["MYSQL_PWD"] = url.Password ?? "" },
                async input =>
                {
                    await using var sql = File.OpenRead(file);
                    await sql.CopyToAsync(input, cancellation);
                },
                cancellation);
    }

    // For the command's own use; it is never printed.
    private string WithPassword()
    {
        var text = url.ToString();
        var at = text.IndexOf('@', StringComparison.Ordinal);
        return url.Password is null || at < 0 ? text : $"{text[..at]}:{Uri.EscapeDataString(url.Password)}{text[at..]}";
    }
}
