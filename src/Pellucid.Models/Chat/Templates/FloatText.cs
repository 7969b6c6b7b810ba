using System.Globalization;

namespace Pellucid.Models.Chat;

/// <summary>Numbers as Python writes them: the shortest digits that read back, an exponent from 1e16 on and below 1e-4.</summary>
internal static class FloatText
{
    internal static string Of(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }

        string[] parts = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture).Split('E');
        string sign = double.IsNegative(value) ? "-" : "";
        int point = parts[0].IndexOf('.', StringComparison.Ordinal);
        string digits = parts[0].Replace(".", "", StringComparison.Ordinal);
        point = (point < 0 ? digits.Length : point) + (parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0);
        string led = digits.TrimStart('0');
        point -= digits.Length - led.Length;
        digits = led.TrimEnd('0');
        if (digits.Length == 0)
        {
            return sign + "0.0";
        }

        if (point is > 16 or < -3)
        {
            string mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}";
            return $"{sign}{mantissa}e{(point > 0 ? '+' : '-')}{Math.Abs(point - 1):00}";
        }

        return sign + (point <= 0 ? $"0.{new string('0', -point)}{digits}"
            : point >= digits.Length ? $"{digits.PadRight(point, '0')}.0"
            : $"{digits[..point]}.{digits[point..]}");
    }
}
