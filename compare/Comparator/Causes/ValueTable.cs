namespace Replay.Comparator;

/// <summary>Numbers for the values of one dimension of one shape; bounded.</summary>
internal sealed class ValueTable
{
    /// <summary>Values that are told apart; what comes after them is one. A value that many executions share is among the first.</summary>
    public const int MostValues = 1000;

    /// <summary>Longer values are cut.</summary>
    public const int MostCharacters = 80;

    private const int Others = -1;

    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _values = [];

    /// <summary>How many there are.</summary>
    public int Count => _values.Count;

    public string this[int number] => _values[number];

    /// <summary>The value's number; below 0 if it is not known, or one of too many.</summary>
    public int NumberOf(string? value)
    {
        if (value is null)
        {
            return Others;
        }

        value = value.Length > MostCharacters ? value[..MostCharacters] : value;
        if (_numbers.TryGetValue(value, out var number))
        {
            return number;
        }

        if (_values.Count == MostValues)
        {
            return Others;
        }

        _values.Add(value);
        return _numbers[value] = _values.Count - 1;
    }
}
