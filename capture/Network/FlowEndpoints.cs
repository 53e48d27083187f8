using System.Net;

namespace Replay.Network;

/// <summary>The two ends of a connection. Made once a flow, not once a packet.</summary>
/// <param name="Client">The end that connected.</param>
/// <param name="Server">The end that listens: the one that <see cref="ServerPorts"/> knows.</param>
public readonly record struct FlowEndpoints(IPEndPoint Client, IPEndPoint Server);
