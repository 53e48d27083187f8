using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Drivers;

/// <summary>All drivers of a kind of server, captured together and replayed together: one capture and one replay for all, each driver in a database of its own.</summary>
public sealed class DriverTraffic : IAsyncLifetime
{
    private readonly ConcurrentDictionary<ServerKind, Lazy<Task<Recorded>>> _recorded = new();
    private readonly TempFolder _folder = new("drivers");

    internal Task<Recorded> GetAsync(ServersFixture servers, ServerKind kind, IReadOnlyList<string> drivers, ServerKind? next) =>
        _recorded.GetOrAdd(kind, k => new Lazy<Task<Recorded>>(() => RecordAsync(servers, k, drivers, next))).Value;

    /// <inheritdoc/>
    public Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }

    private async Task<Recorded> RecordAsync(ServersFixture servers, ServerKind kind, IReadOnlyList<string> drivers, ServerKind? next)
    {
        var source = await servers.GetAsync(kind);
        var databases = drivers.ToDictionary(d => d, d => $"{d}_{kind.Engine}_{kind.Major.Replace('.', '_')}", StringComparer.Ordinal);
        await PrepareAsync(source, databases.Values);
        var folder = _folder.File($"{kind.Engine}-{kind.Major}.workload");
        // Responses of 17 MB come within milliseconds, in which other tests may have the processors.
        await using var capture = await LiveCapture.StartAsync(source, folder, "--buffer", "512MiB");
        var truths = drivers.Select(d => (Driver: d, Truth: ClientProgram.RunAsync(source, d, databases[d]))).ToList();
        await Task.WhenAll(truths.Select(t => t.Truth));
        var shown = await capture.StopAsync();
        var info = JsonDocument.Parse((await ProcessRunner.RunAsync(ProjectPrograms.Capture, ["info", folder, "--format", "json"])).Expect().Output).RootElement;

        var same = await ReplayAsync(folder, await servers.GetTargetAsync(kind), databases.Values);
        return new Recorded(databases, truths.ToDictionary(t => t.Driver, t => t.Truth.Result, StringComparer.Ordinal), shown, info, same,
            next is { } newer ? await ReplayAsync(folder, await servers.GetAsync(newer), databases.Values) : null);
    }

    private static async Task<Replayed> ReplayAsync(string workload, TestServer target, IEnumerable<string> databases)
    {
        await PrepareAsync(target, databases);
        var run = $"{workload}-{target.Port.ToString(CultureInfo.InvariantCulture)}.run";
        var result = (await ProcessRunner.RunAsync(ProjectPrograms.Replay,
            ["run", workload, "--target", target.Url(target.Kind.IsPostgres ? "postgres" : "mysql"), "--out", run, "--speed", "max", "--force", "source"])).Expect();
        return new Replayed(result.Output, (await ShownWorkload.OfRunAsync(run)).Exchanges.ToDictionary(e => e.Key));
    }

    /// <summary>The same starting data everywhere: empty databases, and room for packets of more than 16 MB.</summary>
    private static Task PrepareAsync(TestServer server, IEnumerable<string> databases) =>
        server.SqlAsync(string.Concat(databases.Select(d => $"CREATE DATABASE {d};\n").Append(server.Kind.IsPostgres ? "" : "SET GLOBAL max_allowed_packet = 64 * 1024 * 1024;\n")));
}

/// <summary>What was captured of all drivers on a server, and what became of it in replays.</summary>
internal sealed record Recorded(
    IReadOnlyDictionary<string, string> Databases, IReadOnlyDictionary<string, GroundTruth> Truths, ShownWorkload Shown, JsonElement Info, Replayed Same, Replayed? Next)
{
    /// <summary>The sessions of a driver, told by their database.</summary>
    public IReadOnlyList<JsonElement> SessionsOf(string driver) => [.. Shown.Sessions.Where(s => s.GetProperty("database").GetString() == Databases[driver])];

    /// <summary>The exchanges of a driver.</summary>
    public IReadOnlyList<ShownExchange> ExchangesOf(string driver)
    {
        var sessions = SessionsOf(driver).Select(s => s.GetProperty("session").GetInt64()).ToHashSet();
        return [.. Shown.Exchanges.Where(e => sessions.Contains(e.Session))];
    }
}

/// <summary>A replay: what dbreplay printed, and its exchanges.</summary>
internal sealed record Replayed(string Summary, IReadOnlyDictionary<(long, int), ShownExchange> Exchanges);
