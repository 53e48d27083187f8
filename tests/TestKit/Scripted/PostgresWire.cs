using System.Buffers.Binary;
using System.Text;

namespace Replay.TestKit.Scripted;

/// <summary>Messages byte by byte: a string is a text with its zero byte, an int 32 bits, a short 16, a byte and a byte[] themselves.</summary>
public static class PostgresWire
{
    public static readonly byte[] Sync = Message('S');
    public static readonly byte[] Flush = Message('H');
    public static readonly byte[] Terminate = Message('X');
    public static readonly byte[] ParseComplete = Message('1');
    public static readonly byte[] BindComplete = Message('2');
    public static readonly byte[] CloseComplete = Message('3');
    public static readonly byte[] NoData = Message('n');
    public static readonly byte[] Suspended = Message('s');
    public static readonly byte[] Empty = Message('I');
    public static readonly byte[] CopyDone = Message('c');

    public static byte[] Message(char type, params object[] fields)
    {
        var body = Body(fields);
        var message = new byte[5 + body.Length];
        message[0] = (byte)type;
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), 4 + body.Length);
        body.CopyTo(message, 5);
        return message;
    }

    public static byte[] Untyped(params object[] fields)
    {
        var body = Body(fields);
        var message = new byte[4 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(message, message.Length);
        body.CopyTo(message, 4);
        return message;
    }

    public static byte[] Startup(int version = 196608, params string[] parameters) =>
        Untyped([version, .. parameters.Cast<object>(), (byte)0]);

    public static byte[] Query(string sql) => Message('Q', sql);

    public static byte[] Parse(string name, string sql, params int[] types) => Message('P', [name, sql, (short)types.Length, .. types.Cast<object>()]);

    public static byte[] Bind(string portal, string statement, string?[]? values = null, short resultFormat = 0)
    {
        var fields = new List<object> { portal, statement, (short)0, (short)(values?.Length ?? 0) };
        foreach (var value in values ?? [])
        {
            fields.Add(value is null ? -1 : Encoding.UTF8.GetByteCount(value));
            fields.Add(Encoding.UTF8.GetBytes(value ?? ""));
        }

        return Message('B', [.. fields, (short)1, resultFormat]);
    }

    public static byte[] DescribeStatement(string name) => Message('D', (byte)'S', name);

    public static byte[] DescribePortal(string name) => Message('D', (byte)'P', name);

    public static byte[] CloseStatement(string name) => Message('C', (byte)'S', name);

    public static byte[] ClosePortal(string name) => Message('C', (byte)'P', name);

    public static byte[] Execute(string portal, int maxRows = 0) => Message('E', portal, maxRows);

    public static byte[] CopyData(string data) => Message('d', Encoding.UTF8.GetBytes(data));

    public static byte[] CopyIn => Message('G', (byte)0, (short)1, (short)0);

    public static byte[] CopyOut => Message('H', (byte)0, (short)1, (short)0);

    public static byte[] Ready(char state = 'I') => Message('Z', (byte)state);

    public static byte[] Complete(string tag) => Message('C', tag);

    public static byte[] Columns(params (string Name, int Type)[] columns)
    {
        var fields = new List<object> { (short)columns.Length };
        foreach (var (name, type) in columns)
        {
            fields.AddRange([name, 1234, (short)1, type, (short)4, -1, (short)0]);
        }

        return Message('T', [.. fields]);
    }

    public static byte[] Row(params string?[] values)
    {
        var fields = new List<object> { (short)values.Length };
        foreach (var value in values)
        {
            fields.Add(value is null ? -1 : Encoding.UTF8.GetByteCount(value));
            fields.Add(Encoding.UTF8.GetBytes(value ?? ""));
        }

        return Message('D', [.. fields]);
    }

    public static byte[] ParameterTypes(params int[] types) => Message('t', [(short)types.Length, .. types.Cast<object>()]);

    public static byte[] Error(string code, string message, string severity = "ERROR") =>
        Message('E', (byte)'S', severity, (byte)'V', severity, (byte)'C', code, (byte)'M', message, (byte)0);

    public static byte[] Notice(string message) => Message('N', (byte)'S', "NOTICE", (byte)'C', "00000", (byte)'M', message, (byte)0);

    public static byte[] Status(string name, string value) => Message('S', name, value);

    public static byte[] Authentication(int kind, params object[] rest) => Message('R', [kind, .. rest]);

    public static byte[] KeyData(int processId = 4711) => Message('K', processId, 99);

    public static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(p => p)];

    private static byte[] Body(object[] fields)
    {
        using var stream = new MemoryStream();
        var number = new byte[4];
        foreach (var field in fields)
        {
            switch (field)
            {
                case string text:
                    stream.Write(Encoding.UTF8.GetBytes(text));
                    stream.WriteByte(0);
                    break;
                case byte one:
                    stream.WriteByte(one);
                    break;
                case byte[] bytes:
                    stream.Write(bytes);
                    break;
                case short small:
                    BinaryPrimitives.WriteInt16BigEndian(number, small);
                    stream.Write(number, 0, 2);
                    break;
                case int large:
                    BinaryPrimitives.WriteInt32BigEndian(number, large);
                    stream.Write(number);
                    break;
                default:
                    throw new ArgumentException($"no wire form of {field.GetType()}", nameof(fields));
            }
        }

        return stream.ToArray();
    }
}
