using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Replay.Workload;

/// <summary>
/// <c>show --format ndjson</c>, the door for other tools: one object a line. The keys that a workload's and a run's lines have in common are written here.
/// Keys and meanings are a contract; new ones may be added, none changes.
/// </summary>
public sealed class NdjsonLines : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter _json;

    /// <summary>A writer of lines, one after the other.</summary>
    public NdjsonLines() => _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Begins a line about a session.</summary>
    /// <param name="type"><c>session</c>, <c>exchange</c> or <c>gap</c>.</param>
    /// <param name="session">The session's number.</param>
    public void Begin(string type, int session)
    {
        _buffer.ResetWrittenCount();
        _json.Reset(_buffer);
        _json.WriteStartObject();
        _json.WriteString("type", type);
        _json.WriteNumber("session", session);
    }

    /// <summary>Ends the line; its bytes, line feed included, are valid until the next one begins.</summary>
    public ReadOnlySpan<byte> End()
    {
        _json.WriteEndObject();
        _json.Flush();
        _buffer.Write("\n"u8);
        return _buffer.WrittenSpan;
    }

    /// <summary>Who, from where, which database, when.</summary>
    public void Session(Session session)
    {
        ArgumentNullException.ThrowIfNull(session);
        Begin("session", session.Number);
        Text("engine", WireText.Name(session.Engine));
        Text("client", session.Client.ToString());
        Text("server", session.Server.ToString());
        Text("user", session.User);
        Text("database", session.Database);
        Time("opened_at", session.OpenedAtMicroseconds);
        Time("closed_at", session.ClosedAtMicroseconds);
        Flag("from_start", session.FromStart);
        Flag("encrypted", session.Encrypted);
        Error(session.ErrorCode, session.ErrorMessage);
        Text("undecodable", session.Undecodable);
        Text("purpose", WireText.Name(session.Purpose));
        Text("server_version", session.ServerVersion);
        _json.WriteStartObject("parameters");
        foreach (var (name, value) in session.Parameters)
        {
            _json.WriteString(name, value);
        }

        _json.WriteEndObject();
    }

    /// <summary>What was asked: command, text, parameters, shape, batch, copy.</summary>
    public void Request(in Exchange exchange, IReadOnlyList<string?>? parameters, string? shape)
    {
        Text("command", exchange.Command.Name());
        Text("sql", exchange.Text.IsEmpty ? null : WireText.Of(exchange.Text));
        if (parameters is null)
        {
            _json.WriteNull("parameters");
        }
        else
        {
            _json.WriteStartArray("parameters");
            foreach (var parameter in parameters)
            {
                _json.WriteStringValue(parameter);
            }

            _json.WriteEndArray();
        }

        Text("shape", shape);
        Number("batch", exchange.Batch < 0 ? null : exchange.Batch);
        Text("copy", WireText.Copy(exchange.Flags));
    }

    /// <summary>An error as an object; null if <paramref name="code"/> is null or empty.</summary>
    public void Error(string? code, string? message)
    {
        if (string.IsNullOrEmpty(code))
        {
            _json.WriteNull("error");
            return;
        }

        _json.WriteStartObject("error");
        _json.WriteString("code", code);
        _json.WriteString("message", message);
        _json.WriteEndObject();
    }

    /// <summary>A text, or null.</summary>
    public void Text(string key, string? value) => _json.WriteString(key, value);

    /// <summary>A moment, microseconds since 1970, or null.</summary>
    public void Time(string key, long? microseconds) => _json.WriteString(key, microseconds is { } at ? WireText.Time(at) : null);

    /// <summary>True or false.</summary>
    public void Flag(string key, bool value) => _json.WriteBoolean(key, value);

    /// <summary>A number, or null.</summary>
    public void Number(string key, long? value)
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

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();
}
