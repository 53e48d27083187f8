using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>One JSON object a line: the same keys as <c>dbcapture show</c> has, with the run's outcome, due time, lag and status.</summary>
public sealed class NdjsonRunPrinter : IRunPrinter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly Stream _output;
    private readonly RunManifest _manifest;
    private readonly Utf8JsonWriter _json;

    /// <summary>A printer to <paramref name="output"/>.</summary>
    public NdjsonRunPrinter(Stream output, RunManifest manifest)
    {
        _output = output;
        _manifest = manifest;
        _json = new Utf8JsonWriter(output, Options);
    }

    /// <inheritdoc/>
    public void Session(Session session)
    {
        _json.WriteStartObject();
        _json.WriteString("type", "session");
        _json.WriteNumber("session", session.Number);
        _json.WriteString("engine", session.Engine == Engine.PostgreSql ? "postgres" : "mysql");
        _json.WriteString("client", session.Client.ToString());
        _json.WriteString("server", session.Server.ToString());
        _json.WriteString("user", session.User);
        _json.WriteString("database", session.Database);
        _json.WriteString("opened_at", RunWords.Iso(session.OpenedAtMicroseconds));
        _json.WriteString("closed_at", session.ClosedAtMicroseconds is { } closed ? RunWords.Iso(closed) : null);
        _json.WriteBoolean("from_start", session.FromStart);
        _json.WriteBoolean("encrypted", session.Encrypted);
        EndLine();
    }

    /// <inheritdoc/>
    public void Exchange(in Exchange exchange, Shape? shape, Engine engine, in RunOutcome outcome, string errorCode, string? errorMessage)
    {
        var due = RunWords.DueMicroseconds(_manifest, in exchange);
        var isReplayed = outcome.Status == RunStatus.Replayed;
        var lag = isReplayed && due is not null ? (long?)LogCode.Decode(outcome.LagCode) : null;
        _json.WriteStartObject();
        _json.WriteString("type", "exchange");
        _json.WriteNumber("session", exchange.Session);
        _json.WriteNumber("ordinal", exchange.Ordinal);
        _json.WriteString("started_at", lag is null ? null : RunWords.Iso(due!.Value + lag.Value));
        Number("first_byte_us", isReplayed && !float.IsNaN(outcome.LatencyMicroseconds) ? (long)LogCode.Decode(outcome.FirstByteCode) : null);
        Number("latency_us", isReplayed && !float.IsNaN(outcome.LatencyMicroseconds) ? (long)outcome.LatencyMicroseconds : null);
        _json.WriteString("command", exchange.Command.Name());
        _json.WriteString("sql", exchange.Text.IsEmpty ? null : Encoding.UTF8.GetString(exchange.Text));
        Parameters(in exchange, engine);
        _json.WriteString("shape", shape?.Hex);
        Number("rows", isReplayed && outcome.Rows != RunOutcome.NoCount ? outcome.Rows : null);
        Number("affected", isReplayed && outcome.Affected != RunOutcome.NoCount ? outcome.Affected : null);
        Error(errorCode, errorMessage);
        _json.WriteString("transaction", outcome.TransactionState.Word());
        _json.WriteBoolean("complete", isReplayed);
        _json.WriteString("due_at", due is null ? null : RunWords.Iso(due.Value));
        Number("lag_us", lag);
        Number("order_wait_us", isReplayed ? (long)LogCode.Decode(outcome.OrderWaitCode) : null);
        _json.WriteString("status", outcome.Status.Word());
        _json.WriteString("reason", outcome.Reason == RunReason.None ? null : outcome.Reason.Name());
        EndLine();
    }

    /// <inheritdoc/>
    public void End() => _output.Flush();

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private void Parameters(in Exchange exchange, Engine engine)
    {
        if (StatementExample.ParametersOf(in exchange, engine) is not { } parameters)
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

    private void Error(string code, string? message)
    {
        if (code.Length == 0)
        {
            _json.WriteNull("error");
            return;
        }

        _json.WriteStartObject("error");
        _json.WriteString("code", code);
        _json.WriteString("message", message);
        _json.WriteEndObject();
    }

    private void Number(string name, long? value)
    {
        if (value is null)
        {
            _json.WriteNull(name);
        }
        else
        {
            _json.WriteNumber(name, value.Value);
        }
    }

    private void EndLine()
    {
        _json.WriteEndObject();
        _json.Flush();
        _json.Reset();
        _output.WriteByte((byte)'\n');
    }
}
