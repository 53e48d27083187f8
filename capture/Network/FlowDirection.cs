namespace Replay.Network;

/// <summary>Which half of a connection bytes belong to.</summary>
public enum FlowDirection : byte
{
    /// <summary>From client to server: requests.</summary>
    ToServer,

    /// <summary>From server to client: responses.</summary>
    ToClient,
}
