package io.tillstream.testing;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.dockerclient.DockerClientProviderStrategy;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.TestcontainersConfiguration;

/** Whether containers can be had here. An engine alone is not enough: it needs the images, or a way to fetch them. */
final class DockerEngine {

    /** Minutes. The images have 300 MB together; what takes longer is no help to a test. */
    private static final long FETCH = 5;

    private DockerEngine() {}

    /** What the container gives, or else what is embedded; says in one line which, where an engine answers. */
    static <T> T containerOr(String image, Supplier<T> container, Supplier<T> embedded) {
        if (!answers()) {
            return embedded.get();
        }
        try {
            fetch(image);
            fetch(cleaner());
            return container.get();
        } catch (RuntimeException e) {
            System.out.println("tests: the Docker engine has no " + image + " (" + firstLine(e)
                    + "); the embedded one is used instead");
            return embedded.get();
        }
    }

    /** The container that removes the others when this JVM has ended. */
    @SuppressWarnings("deprecation") // its name is told nowhere else
    private static String cleaner() {
        return TestcontainersConfiguration.getInstance().getRyukImage();
    }

    private static boolean answers() {
        try {
            Client.ONE.pingCmd().exec();
            return true;
        } catch (RuntimeException | LinkageError e) { // a client that could not be made stays unusable
            return false;
        }
    }

    /** Testcontainers itself would ask again and again for two minutes before it gave up. */
    private static void fetch(String name) {
        DockerImageName image = DockerImageName.parse(name);
        try {
            Client.ONE.inspectImageCmd(image.asCanonicalNameString()).exec();
            return;
        } catch (NotFoundException e) {
            // not there yet
        }
        try {
            boolean there = Client.ONE
                    .pullImageCmd(image.getUnversionedPart())
                    .withTag(image.getVersionPart())
                    .start()
                    .awaitCompletion(FETCH, TimeUnit.MINUTES);
            if (!there) {
                throw new IllegalStateException("not fetched in " + FETCH + " minutes");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Not Testcontainers' own: that one starts its cleaner with the first question. */
    private static final class Client {
        static final DockerClient ONE = DockerClientProviderStrategy.getClientForConfig(
                DockerClientFactory.instance().getTransportConfig());
    }

    private static String firstLine(Throwable fault) {
        return String.valueOf(fault.getMessage()).lines().findFirst().orElse("").strip();
    }
}
