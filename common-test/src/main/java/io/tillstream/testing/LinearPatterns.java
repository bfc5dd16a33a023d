package io.tillstream.testing;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Every regular expression of a module, found in its compiled classes, is given texts that are bad for it, and its steps
 * are counted: twice the text may cost twice the steps. One that restarts or gives back holds up all requests of a
 * thread; one that calls itself for each repetition ends with a full stack, and the request is never answered.
 */
public final class LinearPatterns {

    private static final int SHORT = 750; // characters
    private static final double MOST_GROWTH = 2.7; // for twice the text; a square has 4
    private static final int FEW_STEPS = 15_000; // below this, growth says nothing: the text was refused at its start
    private static final int LONG = 64 * 1024; // a request's longest text
    private static final int MOST_STEPS = 400; // for each character: some of our patterns look a bounded way ahead
    private static final int MOST_ATOMS = 14;
    private static final List<String> SUFFIXES = List.of("!", "", "a");

    private LinearPatterns() {}

    /** Checks the production classes below a base package, of a module that has an architecture of its own. */
    public static void check(String basePackage) {
        check(new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(basePackage));
    }

    static void check(JavaClasses classes) {
        Set<Use> found = new LinkedHashSet<>();
        classes.forEach(type -> found.addAll(in(type)));
        List<String> slow = new ArrayList<>();
        for (Use use : found) {
            String text = worst(use.regex(), use.whole());
            if (!text.isEmpty()) {
                slow.add(use.regex() + " on " + text);
            }
        }
        if (!slow.isEmpty()) {
            throw new AssertionError("Regular expressions that are not linear: " + slow);
        }
    }

    /** A regular expression, and whether a text is held against it only as a whole. */
    record Use(String regex, boolean whole) {}

    /** The regular expressions that a class's code and annotations hold. */
    static Set<Use> in(JavaClass type) {
        String file = "/" + type.getName().replace('.', '/') + ".class";
        try (InputStream bytes = LinearPatterns.class.getResourceAsStream(file)) {
            return bytes == null ? Set.of() : PatternsInCode.of(bytes.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A short form of the text on which the pattern's steps grow faster than the text; empty if there is none. */
    static String worst(String regex, boolean whole) {
        Pattern pattern = Pattern.compile(regex);
        List<String> atoms = atoms(regex);
        for (String prefix : atoms) {
            for (String pump : pumps(atoms)) {
                for (String suffix : SUFFIXES) {
                    if (isSlow(pattern, whole, List.of(prefix, pump, suffix))) {
                        return "'" + prefix + "', many '" + pump + "' and '" + suffix + "'";
                    }
                }
            }
        }
        return "";
    }

    private static boolean isSlow(Pattern pattern, boolean whole, List<String> parts) {
        String prefix = parts.get(0);
        String pump = parts.get(1);
        String suffix = parts.get(2);
        try {
            return grows(pattern, whole, parts)
                    || (prefix.isEmpty()
                            && suffix.equals(SUFFIXES.get(0))
                            && overflows(pattern, pump.repeat(LONG / pump.length()) + suffix));
        } catch (StackOverflowError | TooManySteps e) {
            return true;
        }
    }

    /** What takes so few steps for half the text cannot come to many for the whole, were it its cube. */
    private static boolean grows(Pattern pattern, boolean whole, List<String> parts) {
        String pump = parts.get(1);
        long once = steps(pattern, whole, parts.get(0) + pump.repeat(SHORT / pump.length()) + parts.get(2));
        if (once < FEW_STEPS / 8) {
            return false;
        }
        long twice = steps(pattern, whole, parts.get(0) + pump.repeat(2 * SHORT / pump.length()) + parts.get(2));
        return twice > FEW_STEPS && twice > MOST_GROWTH * once;
    }

    /** How deep it calls itself does not depend on what comes behind the repetitions. */
    private static boolean overflows(Pattern pattern, String text) {
        try {
            boolean unused = pattern.matcher(new Counted(text)).matches();
            return false;
        } catch (StackOverflowError | TooManySteps e) {
            return true;
        }
    }

    private static long steps(Pattern pattern, boolean whole, String text) {
        Counted counted = new Counted(text);
        if (whole) {
            boolean unused = pattern.matcher(counted).matches();
            return counted.steps;
        }
        Matcher pieces = pattern.matcher(counted);
        while (pieces.find()) {
            // only counted
        }
        return counted.steps;
    }

    /** Characters and words of the expression itself, and some of each class that it may name. */
    private static List<String> atoms(String regex) {
        Set<String> atoms = new LinkedHashSet<>(List.of("", "a", "1", "-", " "));
        String plain = regex.replaceAll("\\\\[A-Za-z]", " ");
        Matcher words = Pattern.compile("[A-Za-z_]{2,}+ ?|[^A-Za-z0-9\\s\\\\()\\[\\]{}|*+?^$]")
                .matcher(plain);
        while (words.find() && atoms.size() < MOST_ATOMS) {
            atoms.add(words.group());
        }
        atoms.addAll(List.of("_", ".", "A"));
        return List.copyOf(atoms);
    }

    private static Set<String> pumps(List<String> atoms) {
        Set<String> pumps = new LinkedHashSet<>();
        for (String first : atoms) {
            for (String second : atoms) {
                pumps.add(first.equals(second) ? first : first + second);
            }
        }
        pumps.remove("");
        return pumps;
    }

    private static final class TooManySteps extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** A text that counts how often it is looked at. */
    private static final class Counted implements CharSequence {

        private final CharSequence text;
        private final long most;
        private long steps;

        private Counted(CharSequence text) {
            this.text = text;
            this.most = (long) MOST_STEPS * Math.max(1, text.length());
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            steps++;
            if (steps > most) {
                throw new TooManySteps();
            }
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
