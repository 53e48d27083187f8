using System.Globalization;

namespace Replay.Replayer.Tests.Ordering;

/// <summary>Keeps what was drawn, as position and first value.</summary>
internal sealed class DrawRecorder : IDrawSink
{
    public List<string> Told { get; } = [];

    public List<AmbiguousPair> Pairs { get; } = [];

    public void Drew(in Drawer drawer, in SequenceDraw draw) =>
        Told.Add(string.Create(CultureInfo.InvariantCulture, $"{drawer.Position}: {draw.First?.ToString(CultureInfo.InvariantCulture) ?? "?"}"));

    public void Ambiguous(in AmbiguousPair pair) => Pairs.Add(pair);
}
