using Replay.Protocol.Buffers;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Puts the values of this run into a session's requests, in the place of those that the server made in the capture.</summary>
internal sealed class ValueRewriter(Engine engine, ValueMap map, ValueCounts counts)
{
    private const int KeepBytes = 64 << 10;

    private readonly List<Replacement> _found = [];
    private readonly ByteStore _request = new();

    /// <summary>The request as it is to be sent; valid until the next call.</summary>
    public ReadOnlySpan<byte> Rewrite(Command command, ReadOnlySpan<byte> request)
    {
        if (!map.HasAny)
        {
            return request;
        }

        _found.Clear();
        var collecting = new Collecting(map, _found);
        TokenFinder.Find(request, ValueMap.IsBinary(command), ref collecting);
        if (_found.Count == 0)
        {
            return request;
        }

        _found.Sort(static (a, b) => a.Start.CompareTo(b.Start));
        var end = 0;
        _found.RemoveAll(found =>
        {
            var overlaps = found.Start < end;
            end = overlaps ? end : found.Start + found.Length;
            return overlaps;
        });
        _request.Reset(KeepBytes);
        if (!TryWrite(command, request))
        {
            counts.Miss(MissReason.NotReplaced);
            return request;
        }

        counts.SawReplaced();
        return _request.Written;
    }

    private bool TryWrite(Command command, ReadOnlySpan<byte> request)
    {
        var keepsLength = true;
        for (var i = 0; i < _found.Count; i++)
        {
            var (start, length, form, value) = _found[i];
            value = ServerToken.Spell(value, form, request.Slice(start, length));
            _found[i] = new Replacement(start, length, form, value);
            keepsLength &= value.Length == length;
        }

        if (!keepsLength)
        {
            return LongerRequest.TryWrite(engine, command, request, _found, _request);
        }

        _request.Append(request);
        foreach (var (start, _, _, value) in _found)
        {
            value.CopyTo(_request.WrittenMutable[start..]);
        }

        return true;
    }

    /// <summary>A token in a request and what goes there.</summary>
    internal readonly record struct Replacement(int Start, int Length, TokenForm Form, byte[] Value);

    private readonly struct Collecting(ValueMap map, List<Replacement> found) : ITokenVisitor
    {
        public void Found(int start, int length, TokenForm form, UInt128 key)
        {
            if (map.TryFind(key, out var value))
            {
                found.Add(new Replacement(start, length, form, value));
            }
        }
    }
}
