using Replay.TestKit;

namespace Replay.Replayer.Tests;

/// <summary>Tests that share real servers; they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class ServersCollection : ICollectionFixture<ServersFixture>
{
    public const string Name = "servers";
}
