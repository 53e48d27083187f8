using System.Collections.Concurrent;
using Xunit;

namespace Replay.TestKit;

/// <summary>
/// Servers that the tests of a collection share: each kind is started when first asked for and wiped when the collection ends.
/// Use it by <c>[CollectionDefinition("servers")] public class Servers : ICollectionFixture&lt;ServersFixture&gt;;</c>.
/// Tests keep apart by databases of their own: <see cref="NewDatabaseAsync"/>.
/// </summary>
public sealed class ServersFixture : IAsyncLifetime
{
    private readonly ConcurrentDictionary<(ServerKind Kind, bool Tls, bool IsTarget), Lazy<Task<TestServer>>> _servers = new();
    private int _databases;

    /// <summary>The shared server of this kind.</summary>
    public Task<TestServer> GetAsync(ServerKind kind, bool tls = false) => GetAsync(kind, tls, isTarget: false);

    /// <summary>Another one of this kind, to replay on: snapshots go into databases of the same names as on the first.</summary>
    public Task<TestServer> GetTargetAsync(ServerKind kind) => GetAsync(kind, tls: false, isTarget: true);

    /// <summary>Makes an empty database with a name of its own; returns the name.</summary>
    public async Task<string> NewDatabaseAsync(TestServer server)
    {
        var name = $"t{Interlocked.Increment(ref _databases)}";
        await server.SqlAsync($"CREATE DATABASE {name}").ConfigureAwait(false);
        return name;
    }

    private Task<TestServer> GetAsync(ServerKind kind, bool tls, bool isTarget) =>
        _servers.GetOrAdd((kind, tls, isTarget), static key => new Lazy<Task<TestServer>>(() => TestServer.StartAsync(key.Kind, new TestServerOptions { Tls = key.Tls }))).Value;

    /// <inheritdoc/>
    public Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        foreach (var started in _servers.Values.Where(s => s.IsValueCreated && s.Value.IsCompletedSuccessfully))
        {
            await (await started.Value.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
    }
}
