using System.Globalization;
using Replay.Network;

namespace Replay.Agent.Recording;

/// <summary>Looks through captures in which none of the servers occurs for the ports that do, so that the user need not.</summary>
internal sealed class PortCensus : IFlowFactory
{
    private const int MostPortsNamed = 5;
    private readonly Dictionary<int, int> _connections = [];

    private PortCensus()
    {
    }

    /// <summary>The line that says that the servers do not occur, and what does.</summary>
    public static string Explain(IReadOnlyList<string> files, IReadOnlyList<ServerSpec> servers)
    {
        var wanted = string.Join(", ", servers);
        var none = $"nothing to or from {wanted} in {string.Join(' ', files)}";
        if (files.Contains(PcapFile.StandardInput))
        {
            return $"{none}: give the right --server ENGINE:PORT";
        }

        var ports = new PortCensus().Count(files);
        return ports.Length == 0 ? $"{none}: it has no TCP connection at all" : $"{none}: its connections are to port {ports}; give --server ENGINE:PORT";
    }

    /// <inheritdoc/>
    public FlowHandler? Open(in FlowEndpoints endpoints, bool fromStart, long atMicroseconds)
    {
        // of a connection that was open before, which end is the server's is not known: the pipeline takes the lower port
        _connections[endpoints.Server.Port] = _connections.GetValueOrDefault(endpoints.Server.Port) + 1;
        return null;
    }

    private string Count(IReadOnlyList<string> files)
    {
        using var source = PcapFile.Open(files);
        var pipeline = new CapturePipeline(new ServerPorts(Enumerable.Range(1, ushort.MaxValue).Select(port => new ServerAddress(null, port))), this);
        while (source.TryNext(out var packet))
        {
            pipeline.Packet(packet);
        }

        pipeline.Finish();
        return string.Join(", ", _connections.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key).Take(MostPortsNamed)
            .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} ({pair.Value} connection{(pair.Value == 1 ? "" : "s")})")));
    }
}
