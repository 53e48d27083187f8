using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Replay.Workload;

namespace Replay.Agent.Inspection;

/// <summary>NDJSON: the door for other tools. Keys and meanings are a contract; new ones may be added, none changes.</summary>
internal sealed class ShowNdjson : IShowWriter, IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter _json;

    public ShowNdjson() => _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <inheritdoc/>
    public byte[] Session(Session session)
    {
        Begin("session", session.Number);
        _json.WriteString("engine", WireText.Name(session.Engine));
        _json.WriteString("client", session.Client.ToString());
        _json.WriteString("server", session.Server.ToString());
        _json.WriteString("user", session.User);
        _json.WriteString("database", session.Database);
        _json.WriteString("opened_at", WireText.Time(session.OpenedAtMicroseconds));
        _json.WriteString("closed_at", session.ClosedAtMicroseconds is { } closed ? WireText.Time(closed) : null);
        _json.WriteBoolean("from_start", session.FromStart);
        _json.WriteBoolean("encrypted", session.Encrypted);
        Error(session.ErrorCode, session.ErrorMessage);
        _json.WriteString("undecodable", session.Undecodable);
        _json.WriteString("purpose", session.Purpose switch { SessionPurpose.SnapshotTool => "snapshot", SessionPurpose.Replication => "replication", _ => "client" });
        _json.WriteString("server_version", session.ServerVersion);
        _json.WriteStartObject("parameters");
        foreach (var (name, value) in session.Parameters)
        {
            _json.WriteString(name, value);
        }

        _json.WriteEndObject();
        return End();
    }

    /// <inheritdoc/>
    public byte[] Exchange(Engine engine, in Exchange exchange, string? shape)
    {
        Begin("exchange", exchange.Session);
        _json.WriteNumber("ordinal", exchange.Ordinal);
        _json.WriteString("started_at", WireText.Time(exchange.StartedAtMicroseconds));
        Number("first_byte_us", exchange.FirstByteMicroseconds);
        Number("latency_us", exchange.LatencyMicroseconds);
        _json.WriteString("command", exchange.Command.Name());
        _json.WriteString("sql", exchange.Text.IsEmpty ? null : WireText.Of(exchange.Text));
        Parameters(WireText.Parameters(engine, exchange));
        _json.WriteString("shape", shape);
        Number("rows", exchange.Rows < 0 ? null : exchange.Rows);
        Number("affected", exchange.Affected < 0 ? null : exchange.Affected);
        Error(exchange.Failed ? WireText.Of(exchange.ErrorCode) : null, WireText.Of(exchange.ErrorMessage));
        _json.WriteString("transaction", WireText.Name(exchange.TransactionState));
        _json.WriteBoolean("complete", (exchange.Flags & ExchangeFlags.Complete) != ExchangeFlags.None);
        Number("batch", exchange.Batch < 0 ? null : exchange.Batch);
        _json.WriteString("copy", WireText.Copy(exchange.Flags));
        return End();
    }

    /// <inheritdoc/>
    public byte[] Gap(in Gap gap)
    {
        Begin("gap", gap.Session);
        _json.WriteString("direction", gap.IsRequest ? "request" : "response");
        _json.WriteString("at", WireText.Time(gap.AtMicroseconds));
        _json.WriteNumber("bytes", gap.Bytes);
        return End();
    }

    public void Dispose() => _json.Dispose();

    private void Begin(string type, int session)
    {
        _buffer.ResetWrittenCount();
        _json.Reset(_buffer);
        _json.WriteStartObject();
        _json.WriteString("type", type);
        _json.WriteNumber("session", session);
    }

    private void Parameters(IReadOnlyList<string?>? parameters)
    {
        if (parameters is null)
        {
            _json.WriteNull("parameters");
            return;
        }

        _json.WriteStartArray("parameters");
        foreach (var parameter in parameters)
        {
            _json.WriteStringValue(parameter);
        }

        _json.WriteEndArray();
    }

    private void Number(string key, long? value)
    {
        if (value is { } number)
        {
            _json.WriteNumber(key, number);
        }
        else
        {
            _json.WriteNull(key);
        }
    }

    private void Error(string? code, string? message)
    {
        if (code is null)
        {
            _json.WriteNull("error");
            return;
        }

        _json.WriteStartObject("error");
        _json.WriteString("code", code);
        _json.WriteString("message", message);
        _json.WriteEndObject();
    }

    private byte[] End()
    {
        _json.WriteEndObject();
        _json.Flush();
        _buffer.Write("\n"u8);
        return _buffer.WrittenSpan.ToArray();
    }
}
