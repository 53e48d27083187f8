namespace Replay.Workload;

/// <summary>
/// Which ways of writing one value a column's type allows on the wire, and so what its normal form is. Not part of the file format: it follows from the column.
/// </summary>
public enum ValueForm : byte
{
    /// <summary>One way only: the bytes of the wire are the normal form. Integers, texts, times and nearly all else.</summary>
    AsIs = 0,

    /// <summary>Text of fixed length: spaces at the end do not count.</summary>
    Char,

    /// <summary>Decimal digits: zeros before the first and behind the last one do not count (scale, ZEROFILL).</summary>
    Exact,

    /// <summary>Text of a 32-bit floating point number, to 6 digits.</summary>
    Single,

    /// <summary>Text of a 64-bit floating point number, to 15 digits.</summary>
    Double,

    /// <summary>Text with numbers in it, each as <see cref="Exact"/>: arrays, ranges.</summary>
    ExactList,

    /// <summary>Text with numbers in it, each as <see cref="Single"/>.</summary>
    SingleList,

    /// <summary>Text with numbers in it, each as <see cref="Double"/>: arrays, points and other shapes.</summary>
    DoubleList,

    /// <summary>JSON: the order of keys, space, escapes and zeros of numbers do not count.</summary>
    Json,

    /// <summary>PostgreSQL: a moment in ISO form with its zone: the moment counts.</summary>
    Moment,

    /// <summary>MySQL: a time with a fraction: zeros at its end do not count.</summary>
    Fraction,

    /// <summary>PostgreSQL: bytes as hexadecimal digits or escaped.</summary>
    Bytes,

    /// <summary>PostgreSQL's binary numeric: the digits to show do not count.</summary>
    BinaryNumeric,

    /// <summary>MySQL's binary integers with a sign: their width does not count.</summary>
    SignedInteger,

    /// <summary>MySQL's binary integers without one.</summary>
    UnsignedInteger,
}
