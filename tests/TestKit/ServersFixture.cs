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
    private readonly ConcurrentDictionary<(ServerKind, bool), Lazy<Task<TestServer>>> _servers = new();
    private int _databases;

    /// <summary>The shared server of this kind.</summary>
    public Task<TestServer> GetAsync(ServerKind kind, bool tls = false) =>
        _servers.GetOrAdd((kind, tls), key => new Lazy<Task<TestServer>>(() => TestServer.StartAsync(key.Item1, new TestServerOptions { Tls = key.Item2 }))).Value;

    /// <summary>Makes an empty database with a name of its own; returns the name.</summary>
    public async Task<string> NewDatabaseAsync(TestServer server)
    {
        var name = $"t{Interlocked.Increment(ref _databases)}";
        await server.SqlAsync($"CREATE DATABASE {name}").ConfigureAwait(false);
        return name;
    }

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
