using System.Runtime.CompilerServices;

namespace Replay.Network.Flows;

/// <summary>Sequence numbers live on a circle of 2^32: <see href="https://www.rfc-editor.org/rfc/rfc9293#section-3.4"/>.</summary>
internal static class SequenceNumber
{
    /// <summary>How far <paramref name="value"/> is ahead of <paramref name="reference"/>; negative if it is behind.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Distance(uint value, uint reference) => unchecked((int)(value - reference));
}
