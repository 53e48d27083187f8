using Replay.Protocol.Buffers;
using Replay.Protocol.MySql.Messages;

namespace Replay.Client.MySql;

/// <summary>A prepared statement of this session, with what the server remembers of it. It ends with the statement: a number that is given again is another one.</summary>
internal sealed class TargetStatement(uint id, int parameters)
{
    /// <summary>Bytes of a type in <see cref="Workload.Exchange.ParameterTypes"/>.</summary>
    public const int RecordedTypeBytes = 4;

    /// <summary>Bytes of a type on the wire: the type and its flags.</summary>
    private const int TypeBytes = 2;

    private readonly byte[] _types = new byte[parameters * TypeBytes];

    /// <summary>Its number.</summary>
    public uint Id => id;

    /// <summary>How many parameters it has.</summary>
    public int Parameters => parameters;

    /// <summary>Whether the server has been told types at all.</summary>
    public bool HasTypes { get; private set; }

    /// <summary>Its parameters' types are in a request, as they are on the wire; names may follow each, and further types the last.</summary>
    public void Tell(ReadOnlySpan<byte> types, bool hasNames)
    {
        var reader = new SpanReader(types);
        for (var i = 0; i < parameters; i++)
        {
            var type = BoundParameters.ReadType(ref reader, hasNames, out _);
            (_types[i * TypeBytes], _types[(i * TypeBytes) + 1]) = ((byte)type, (byte)(type >> 8));
        }

        HasTypes = true;
    }

    /// <summary>Types are put into a request, as they were recorded (<see cref="Workload.Exchange.ParameterTypes"/>).</summary>
    public void TellRecorded(ReadOnlySpan<byte> recorded)
    {
        for (var i = 0; i < parameters; i++)
        {
            recorded.Slice(i * RecordedTypeBytes, TypeBytes).CopyTo(_types.AsSpan(i * TypeBytes));
        }

        HasTypes = true;
    }

    /// <summary>Whether the server remembers the types of an execution as it was recorded (<see cref="Workload.Exchange.ParameterTypes"/>: four bytes each).</summary>
    public bool Remembers(ReadOnlySpan<byte> recorded)
    {
        var same = HasTypes;
        for (var i = 0; same && i < parameters; i++)
        {
            same = recorded.Slice(i * RecordedTypeBytes, TypeBytes).SequenceEqual(_types.AsSpan(i * TypeBytes, TypeBytes));
        }

        return same;
    }
}
