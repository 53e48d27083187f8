namespace Replay.Sql;

/// <summary>
/// Reads what texts touch, once for all texts of a template: those that differ in literals only. One object stands for all of them. Not safe for several threads.
/// </summary>
/// <param name="dialect">Their dialect.</param>
/// <param name="maxTexts">The most templates that are kept; then it begins anew.</param>
public sealed class AccessCache(SqlDialect dialect, int maxTexts)
{
    private readonly AccessReader _reader = new(dialect);
    private readonly TextTemplate _template = new(dialect);
    private readonly Dictionary<Hash128, TextAccess> _texts = [];

    /// <summary>What a text touches.</summary>
    public TextAccess Read(ReadOnlySpan<byte> sql, LexerOptions options = LexerOptions.None)
    {
        var key = _template.TryMake(sql, options, out var template)
            ? ShapeCache.Key(template, dialect, options, isTemplate: true)
            : ShapeCache.Key(sql, dialect, options);
        if (!_texts.TryGetValue(key, out var access))
        {
            if (_texts.Count == maxTexts)
            {
                _texts.Clear();
            }

            _texts.Add(key, access = _reader.Read(sql, options));
        }

        return access;
    }
}
