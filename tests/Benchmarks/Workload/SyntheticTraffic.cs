using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Replay.Workload;

namespace Replay.Benchmarks.Workload;

/// <summary>Which generator's traffic is imitated.</summary>
public enum TrafficKind
{
    /// <summary>pgbench -S -M simple.</summary>
    PgbenchSelect,

    /// <summary>pgbench -S -M prepared.</summary>
    PgbenchSelectPrepared,

    /// <summary>pgbench (TPC-B) -M simple.</summary>
    PgbenchTpcB,

    /// <summary>sysbench oltp_point_select, prepared.</summary>
    SysbenchPointSelect,

    /// <summary>sysbench oltp_read_write, prepared.</summary>
    SysbenchReadWrite,
}

/// <summary>Exchanges as the codecs make them from the traffic of pgbench and sysbench, seeded: eight sessions, latencies and literals drawn at random.</summary>
public sealed class SyntheticTraffic
{
    private const int Sessions = 8;
    private const int TableRows = 100_000;
    private const ExchangeFlags Whole = ExchangeFlags.Complete | ExchangeFlags.RequestComplete | ExchangeFlags.Timed;

    private readonly Random _random = new(42);
    private readonly TrafficKind _kind;
    private readonly long[] _clocks = new long[Sessions];
    private readonly int[] _steps = new int[Sessions];
    private readonly int[] _ordinals = new int[Sessions];
    private readonly ArrayBufferWriter<byte> _request = new();
    private readonly ArrayBufferWriter<byte> _values = new();
    private readonly ArrayBufferWriter<byte> _columns = new();
    private readonly byte[] _row = new byte[119];
    private readonly uint[] _columnHashes = new uint[1];
    private RowHasher _hasher;
    private byte[] _text = [];

    /// <summary>Traffic of one kind, from its beginning.</summary>
    public SyntheticTraffic(TrafficKind kind)
    {
        _kind = kind;
        Array.Fill(_clocks, 1_795_000_000_000_000);
    }

    /// <summary>The next exchange in order of completion; its spans are valid until the next call.</summary>
    public Exchange Next()
    {
        var session = Array.IndexOf(_clocks, _clocks.Min());
        var started = _clocks[session] + 15 + _random.Next(30);
        var ended = started + 60 + (long)Math.Exp(3.5 + _random.NextDouble());
        _clocks[session] = ended;
        var exchange = Exchange.Empty;
        exchange.Session = session + 1;
        exchange.Ordinal = _ordinals[session]++;
        exchange.Flags = Whole | ExchangeFlags.Hashed;
        exchange.TransactionState = TransactionState.Idle;
        exchange.RequestedAtMicroseconds = started;
        exchange.StartedAtMicroseconds = started;
        exchange.EndedAtMicroseconds = ended;
        exchange.FirstByteAtMicroseconds = ended;
        _request.Clear();
        _values.Clear();
        _columns.Clear();
        _hasher.Reset();
        switch (_kind)
        {
            case TrafficKind.PgbenchSelect:
                PostgresQuery(ref exchange, 0, $"SELECT abalance FROM pgbench_accounts WHERE aid = {_random.Next(TableRows) + 1};");
                Row(ref exchange, "abalance"u8, _random.Next(-5000, 5000).ToString());
                break;
            case TrafficKind.PgbenchSelectPrepared:
                PostgresExecute(ref exchange, "SELECT abalance FROM pgbench_accounts WHERE aid = $1;", _random.Next(TableRows) + 1);
                Row(ref exchange, "abalance"u8, _random.Next(-5000, 5000).ToString());
                break;
            case TrafficKind.PgbenchTpcB:
                TpcB(ref exchange, _steps[session]++ % 7);
                break;
            case TrafficKind.SysbenchPointSelect:
                MySqlExecute(ref exchange, 0, 1, "SELECT c FROM sbtest1 WHERE id=?", SysbenchId());
                SysbenchRow(ref exchange);
                break;
            default:
                ReadWrite(ref exchange, _steps[session]++ % 20);
                break;
        }

        exchange.Request = _request.WrittenSpan;
        exchange.Values = _values.WrittenSpan;
        exchange.Columns = _columns.WrittenSpan;
        exchange.SetHash = _hasher.SetHash;
        exchange.SequenceHash = _hasher.SequenceHash;
        exchange.ResponseBytes = 60 + _values.WrittenCount;
        return exchange;
    }

    private void TpcB(ref Exchange exchange, int step)
    {
        var aid = _random.Next(TableRows) + 1;
        var delta = _random.Next(-5000, 5001);
        var text = step switch
        {
            0 => "BEGIN;",
            1 => $"UPDATE pgbench_accounts SET abalance = abalance + {delta} WHERE aid = {aid};",
            2 => $"SELECT abalance FROM pgbench_accounts WHERE aid = {aid};",
            3 => $"UPDATE pgbench_tellers SET tbalance = tbalance + {delta} WHERE tid = {_random.Next(10) + 1};",
            4 => $"UPDATE pgbench_branches SET bbalance = bbalance + {delta} WHERE bid = 1;",
            5 => $"INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES ({_random.Next(10) + 1}, 1, {aid}, {delta}, CURRENT_TIMESTAMP);",
            _ => "END;",
        };
        PostgresQuery(ref exchange, step, text);
        exchange.TransactionState = step == 6 ? TransactionState.Idle : TransactionState.Open;
        if (step == 2)
        {
            Row(ref exchange, "abalance"u8, _random.Next(-5000, 5000).ToString());
        }
        else if (step is 1 or 3 or 4 or 5)
        {
            exchange.Affected = 1;
        }
    }

    private void ReadWrite(ref Exchange exchange, int step)
    {
        exchange.TransactionState = step == 19 ? TransactionState.Idle : TransactionState.Open;
        switch (step)
        {
            case 0 or 19:
                MySqlExecute(ref exchange, step, 1 + step, step == 0 ? "BEGIN" : "COMMIT", -1);
                exchange.Affected = 0;
                break;
            case < 11:
                MySqlExecute(ref exchange, 1, 2, "SELECT c FROM sbtest1 WHERE id=?", SysbenchId());
                SysbenchRow(ref exchange);
                break;
            case < 15:
                MySqlExecute(ref exchange, step, step, "SELECT c FROM sbtest1 WHERE id BETWEEN ? AND ? ORDER BY c", SysbenchId());
                SysbenchRow(ref exchange);
                exchange.Rows = 100;
                exchange.Flags &= ~ExchangeFlags.AllValues;
                _hasher.BeginRow();
                _hasher.AppendValue(_row);
                _hasher.EndRow();
                _columnHashes[0] = (uint)_random.NextInt64();
                exchange.ColumnHashes = _columnHashes;
                break;
            default:
                MySqlExecute(ref exchange, step, step, "UPDATE sbtest1 SET c=? WHERE id=?", SysbenchId());
                if (step is 16 or 18)
                {
                    FillRow(_random.Next());
                    _request.Write(_row);
                    WriteMySqlLength();
                }

                exchange.Affected = 1;
                break;
        }
    }

    private void Row(ref Exchange exchange, ReadOnlySpan<byte> column, string value)
    {
        var bytes = Encoding.ASCII.GetBytes(value);
        Row(ref exchange, column, bytes);
    }

    private void Row(ref Exchange exchange, ReadOnlySpan<byte> column, ReadOnlySpan<byte> value)
    {
        ColumnList.Begin(_columns, 1);
        ColumnList.AppendColumn(_columns, column, 23, -1, isBinary: false);
        RowValues.BeginRow(_values, 1);
        RowValues.AppendValue(_values, value);
        _hasher.BeginRow();
        _hasher.AppendValue(value);
        _hasher.EndRow();
        exchange.Rows = 1;
        exchange.Flags |= ExchangeFlags.AllValues;
    }

    // sysbench's default distribution: three quarters of the accesses go to a hundredth of the rows.
    private int SysbenchId() => _random.Next(4) < 3 ? (TableRows / 2) + _random.Next(TableRows / 100) : _random.Next(TableRows);

    private void SysbenchRow(ref Exchange exchange)
    {
        FillRow(_lastId);
        Row(ref exchange, "c"u8, _row);
    }

    private int _lastId;

    // Eleven groups of ten digits that follow from the row's id, as the table's content does.
    private void FillRow(int id)
    {
        var digits = new Random(id);
        for (var i = 0; i < _row.Length; i++)
        {
            _row[i] = i % 11 == 10 ? (byte)'-' : (byte)('0' + digits.Next(10));
        }
    }

    private void PostgresQuery(ref Exchange exchange, int shape, string text)
    {
        _text = Encoding.ASCII.GetBytes(text);
        _request.Write("Q"u8);
        BinaryPrimitives.WriteInt32BigEndian(_request.GetSpan(4), _text.Length + 5);
        _request.Advance(4);
        _request.Write(_text);
        _request.Write("\0"u8);
        exchange.Command = Command.Query;
        exchange.Flags |= ExchangeFlags.EndsBatch;
        exchange.Text = _text;
        exchange.TextOffset = 5;
        exchange.Shape = shape;
    }

    private void PostgresExecute(ref Exchange exchange, string text, int parameter)
    {
        _text = Encoding.ASCII.GetBytes(text);
        var value = Encoding.ASCII.GetBytes(parameter.ToString());
        _request.Write("B"u8);
        BinaryPrimitives.WriteInt32BigEndian(_request.GetSpan(4), 4 + 1 + 5 + 2 + 2 + 4 + value.Length + 4);
        _request.Advance(4);
        _request.Write("\0P0_0\0\0\0\0\u0001"u8);
        BinaryPrimitives.WriteInt32BigEndian(_request.GetSpan(4), value.Length);
        _request.Advance(4);
        _request.Write(value);
        _request.Write("\0\u0001\0\0D\0\0\0\u0006P\0E\0\0\0\u0009\0\0\0\0\0S\0\0\0\u0004"u8);
        exchange.Command = Command.Execute;
        exchange.Flags |= ExchangeFlags.EndsBatch;
        exchange.Batch = exchange.Ordinal;
        exchange.Text = _text;
        exchange.ParameterTypes = "\u0017\0\0\0"u8;
        exchange.Shape = 0;
    }

    private void MySqlExecute(ref Exchange exchange, int shape, int statement, string text, int id)
    {
        _lastId = id;
        _text = Encoding.ASCII.GetBytes(text);
        _request.Write("\0\0\0\0\u0017"u8);
        BinaryPrimitives.WriteInt32LittleEndian(_request.GetSpan(4), statement);
        _request.Advance(4);
        _request.Write("\0\u0001\0\0\0\0\u0001\u0003\0"u8);
        BinaryPrimitives.WriteInt32LittleEndian(_request.GetSpan(4), id);
        _request.Advance(4);
        WriteMySqlLength();
        exchange.Command = Command.MySqlStatementExecute;
        exchange.StatementHandle = statement;
        exchange.Text = _text;
        exchange.Shape = shape;
    }

    private void WriteMySqlLength()
    {
        var bytes = System.Runtime.InteropServices.MemoryMarshal.AsMemory(_request.WrittenMemory).Span;
        bytes[0] = (byte)(bytes.Length - 4);
    }
}
