using Replay.Agent.Hosting;
using Replay.Agent.Snapshots;
using Replay.Network;
using Replay.Protocol;
using Replay.Workload;

namespace Replay.Agent.Recording;

/// <summary>
/// Connections in, workload out: makes a conversation for each connection and writes what comes out of it. All on the thread that feeds the pipeline.
/// </summary>
internal sealed class Recorder : IFlowFactory, IConversationSink
{
    /// <summary>
    /// The most bytes that all conversations together may hold: half of what the program may use in all. Over it the largest is given up.
    /// </summary>
    public const long MaxBufferedBytes = 128L << 20;

    private readonly WorkloadWriter _writer;
    private readonly Reporter _reporter;
    private readonly ShapeNumbers _shapes;
    private readonly ToolSessions _tools;
    private readonly ServerSpec[] _servers;
    private readonly Dictionary<string, string> _versions = new(StringComparer.Ordinal);
    private readonly HashSet<string> _contradicted = new(StringComparer.Ordinal);
    private readonly HashSet<RecordedFlow> _open = [];
    private int _lastNumber;

    public Recorder(WorkloadWriter writer, Reporter reporter, IReadOnlyList<ServerSpec> servers, ToolSessions tools, ConversationLimits limits)
    {
        (_writer, _reporter, _tools, Limits) = (writer, reporter, tools, limits);
        _servers = [.. servers.OrderBy(server => server.Address.Address is null)]; // the more exact one first
        _shapes = new ShapeNumbers(writer);
    }

    /// <summary>The bounds of each conversation.</summary>
    public ConversationLimits Limits { get; }

    /// <summary>What was recorded.</summary>
    public RecordedTotals Totals { get; } = new();

    /// <summary>What the user ought to know, for the manifest.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Servers that speak another protocol than <c>--server</c> says, a line each.</summary>
    public IReadOnlyCollection<string> Contradictions => _contradicted;

    /// <summary>The servers with the versions that the wire told, for the manifest.</summary>
    public IReadOnlyList<CapturedServer> Servers() =>
        [.. _servers.Select(s => s.ToCaptured(_versions.GetValueOrDefault(s.ToString())))];

    /// <inheritdoc/>
    public FlowHandler? Open(in FlowEndpoints endpoints, bool fromStart, long atMicroseconds)
    {
        var spec = SpecOf(endpoints);
        var flow = new RecordedFlow(this, ++_lastNumber, spec.Engine, endpoints, fromStart, atMicroseconds);
        _open.Add(flow);
        Totals.Sessions++;
        Totals.SessionsFromStart += fromStart ? 1 : 0;
        Write(flow, null);
        return flow;
    }

    /// <inheritdoc/>
    public void OnExchange(Conversation conversation, in Exchange exchange)
    {
        var flow = (RecordedFlow)conversation.Owner!;
        var recorded = exchange;
        recorded.Session = flow.Number;
        recorded.Shape = _shapes.Of(flow.Engine, exchange.Text, flow.LexerOptionsOf(in exchange), isPrepared: exchange.TextOffset < 0);
        flow.Follow(in exchange);
        _writer.WriteExchange(recorded);

        Totals.Exchanges++;
        Totals.ExchangesIncomplete += (exchange.Flags & ExchangeFlags.Complete) == ExchangeFlags.None ? 1 : 0;
        Totals.ExchangesFailed += exchange.Failed ? 1 : 0;
        if (_tools.IsWatching)
        {
            _tools.OnExchange(flow, recorded);
        }
    }

    /// <inheritdoc/>
    public void OnFacts(Conversation conversation)
    {
        var flow = (RecordedFlow)conversation.Owner!;
        Totals.SessionsEncrypted += flow.TakeFacts() ? 1 : 0;
        if (conversation.Facts.ServerVersion is { } version)
        {
            _versions[SpecOf(flow.Endpoints).ToString()] = version;
        }

        Write(flow, null);
    }

    /// <inheritdoc/>
    public void OnFault(Conversation conversation, ProtocolFault fault, bool isRequest, long atMicroseconds) => Totals.Count(fault);

    /// <summary>Bytes of a connection are missing.</summary>
    public void OnGap(RecordedFlow flow, bool isRequest, long bytes, long atMicroseconds)
    {
        Totals.Gaps++;
        Totals.GapBytes += bytes;
        _writer.WriteGap(new Gap(flow.Number, isRequest, atMicroseconds, bytes));
    }

    /// <summary>A connection ended, or the capture did (null).</summary>
    public void OnClosed(RecordedFlow flow, long? atMicroseconds)
    {
        _open.Remove(flow);
        Totals.SessionsUndecodable += flow.Conversation.IsUndecodable ? 1 : 0;
        Write(flow, atMicroseconds);
    }

    /// <summary>A server speaks another protocol than the option says.</summary>
    public void OnContradiction(RecordedFlow flow, Engine spoken)
    {
        var spec = SpecOf(flow.Endpoints);
        var line = $"{flow.Endpoints.Server} speaks {WireText.Name(spoken)}, not {WireText.Name(spec.Engine)} as --server {spec} says: give --server {WireText.Name(spoken)}:{spec.Address}";
        if (_contradicted.Add(line))
        {
            _reporter.Warn(line);
            Warnings.Add(line);
        }
    }

    /// <summary>A decoder has an error of its own: the session is given up.</summary>
    public void OnDecoderError(RecordedFlow flow, Exception error)
    {
        Totals.DecoderErrors++;
        if (Totals.DecoderErrors == 1)
        {
            var line = $"an error in this program: session {flow.Number} ({flow.Endpoints.Client}) cannot be decoded any further: {error.GetType().Name} in {error.TargetSite?.DeclaringType?.Name}.{error.TargetSite?.Name}; please report it";
            _reporter.Warn(line);
            Warnings.Add(line);
        }
    }

    /// <summary>Keeps the conversations' memory within <see cref="MaxBufferedBytes"/>: the largest are given up and counted.</summary>
    public void BoundMemory(long nowMicroseconds)
    {
        var total = _open.Sum(flow => flow.BufferedBytes);
        while (total > MaxBufferedBytes && _open.MaxBy(flow => flow.BufferedBytes) is { BufferedBytes: > 0 } largest)
        {
            total -= largest.BufferedBytes;
            largest.GiveUp(nowMicroseconds);
            Totals.SessionsGivenUp++;
            Totals.Count(ProtocolFault.OverLimit);
            Write(largest, null);
        }
    }

    private void Write(RecordedFlow flow, long? closedAtMicroseconds)
    {
        var purpose = flow.Conversation.Facts.Replication ? SessionPurpose.Replication : SessionPurpose.Client;
        _writer.WriteSession(flow.ToSession(_tools.IsTool(flow) ? SessionPurpose.SnapshotTool : purpose, closedAtMicroseconds));
    }

    private ServerSpec SpecOf(in FlowEndpoints endpoints)
    {
        foreach (var spec in _servers)
        {
            if (spec.Address.Port == endpoints.Server.Port && (spec.Address.Address is null || spec.Address.Address.Equals(endpoints.Server.Address)))
            {
                return spec;
            }
        }

        var port = endpoints.Server.Port;
        return _servers.First(spec => spec.Address.Port == port);
    }
}
