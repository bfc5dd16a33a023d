package io.tillstream.acceptance;

import io.tillstream.local.LocalSettings;
import io.tillstream.local.LocalTillstream;
import io.tillstream.local.Part;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/** All parts of Tillstream as processes, started once for all tests of this JVM, with data of its own. */
final class Stack {
    static final String SECRET_KEY = "sk_test_tillstream";
    static final String PUBLISHABLE_KEY = "pk_test_tillstream";

    /** People that only one test class uses: what it says of their customer or cards is not touched by others. */
    private static final String[] MORE_PEOPLE = {
        "carol",
        "dunya",
        "dave",
        "erin",
        "frank",
        "grace",
        "heidi",
        "ivan",
        "judy",
        "mallory",
        "niaj",
        "olaf",
        "peggy",
        "rupert",
        "sybil",
        "trent",
        "victor",
        "walter",
        "wendy",
        "xavier",
        "yvonne",
        "zoe",
        "quentin",
        "ruth",
        "steve",
        "tanya",
        "ann",
        "ben",
        "cat",
        "uma",
        "vera",
        "will",
        "xena",
        "yara",
        "gil",
        "amy",
        "bea",
        "cleo",
        "dora",
        "eli",
        "finn",
        "gus",
        "hal",
        "ida",
        "jon",
        "kim",
        "lea",
        "max",
        "nora",
        "otto",
        "stranger",
        "werner",
        "lena",
        "lukas",
        "andrea",
        "betty",
        "boris",
        "carla",
        "chloe",
        "diana",
        "edgar",
        "igor",
        "irene",
        "oscar",
        "rita",
        "stella",
        "susan",
        "waldo",
        "wanda",
        "thea",
        "ezra",
        "nina",
        "odette",
        "odin",
        "odo",
        "odysseus",
        "paula",
        "percy",
        "shelley",
        "sheila",
        "shirin",
        "simone",
        "maeve",
        "maura",
        "mabel",
        "milo",
        "mona",
        "minna",
        "sigrid",
        "torunn",
        "opal",
        "fidel",
        "emil",
        "enid",
        "esme",
        "ethan",
        "eva",
        "fay",
        "flora",
        "fritz",
        "gwen",
        "noel",
        "petra",
        "piet",
        "pola",
        "ivy",
        "anouk"
    };

    private static final Path ROOT = root();

    private Stack() {}

    static LocalTillstream tillstream() {
        return Running.TILLSTREAM;
    }

    /** Started by whoever asks first, and not by a test that only reads files. */
    private static final class Running {
        private static final LocalTillstream TILLSTREAM = start();
    }

    static URI gateway() {
        return tillstream().url(Part.GATEWAY);
    }

    static URI simulator() {
        return tillstream().url(Part.STRIPE_SIMULATOR);
    }

    /** The root of the repository. */
    static Path repository() {
        return ROOT;
    }

    private static LocalTillstream start() {
        LocalSettings settings = Limits.in(LocalSettings.standard()
                .withData(Path.of("target/stack").toAbsolutePath())
                .withFreePorts());
        String gateway = ":" + settings.ports().get(Part.GATEWAY);
        settings = settings.with(
                "ALLOWED_ORIGINS",
                "http://127.0.0.1" + gateway + ",http://localhost" + gateway + ",http://localhost:8080,"
                        + ShopPage.origin());
        for (String person : MORE_PEOPLE) {
            settings = withPerson(settings, person, person);
        }
        settings = withPerson(settings, User.OF_DIGITS, "Number");
        LocalTillstream tillstream = new LocalTillstream(settings, true);
        Runtime.getRuntime().addShutdownHook(new Thread(tillstream::close, "stop-stack"));
        tillstream.start();
        return tillstream;
    }

    private static LocalSettings withPerson(LocalSettings settings, String person, String name) {
        String prefix = "IDENTITY_PEOPLE_" + person.toUpperCase(java.util.Locale.ROOT) + "_";
        return settings.with(Part.IDENTITY, prefix + "NAME", name)
                .with(Part.IDENTITY, prefix + "EMAIL", name + "@example.com")
                .with(Part.IDENTITY, prefix + "PASSWORD", person + "-password")
                .with(Part.IDENTITY, prefix + "OPERATOR", "false");
    }

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(folder.resolve("deploy/local"))) {
            folder = folder.getParent();
        }
        return folder;
    }
}
