package io.tillstream.simulator.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.StripeClient;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.File;
import com.stripe.model.FileLink;
import com.stripe.param.FileCreateParams;
import com.stripe.param.FileLinkCreateParams;
import com.stripe.param.FileLinkUpdateParams;
import io.tillstream.simulator.RunningSimulator;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs.stripe.com/file-upload: multipart, at a host of its own. */
class FilesTest extends RunningSimulator {
    @TempDir
    private Path folder;

    private File upload(String name, byte[] content) throws StripeException, IOException {
        Path file = Files.write(folder.resolve(name), content);
        return files().v1()
                .files()
                .create(FileCreateParams.builder()
                        .setPurpose(FileCreateParams.Purpose.DISPUTE_EVIDENCE)
                        .setFile(file.toFile())
                        .build());
    }

    private StripeClient files() {
        return StripeClient.builder()
                .setApiKey(SECRET_KEY)
                .setApiBase(base())
                .setFilesBase(base())
                .build();
    }

    @Test
    void everyByteComesBack() throws StripeException, IOException {
        byte[] content = new byte[1024];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) i;
        }
        File file = upload("receipt.png", content);
        assertThat(file.getFilename()).isEqualTo("receipt.png");
        assertThat(file.getType()).isEqualTo("png");
        assertThat(file.getSize()).isEqualTo(1024);
        assertThat(stripe.v1().files().retrieve(file.getId()).getPurpose()).isEqualTo("dispute_evidence");
        String bytes = raw(SECRET_KEY, "GET", "/v1/files/" + file.getId() + "/contents", "")
                .body();
        assertThat(bytes).hasSameSizeAs(new String(content, StandardCharsets.UTF_8));
        assertThat(eventsOf(file.getId())).containsExactly("file.created");
    }

    @Test
    void aLinkIsForEverybodyUntilItExpires() throws StripeException, IOException {
        File file = upload("proof.pdf", "%PDF-".getBytes(StandardCharsets.US_ASCII));
        FileLink link = stripe.v1()
                .fileLinks()
                .create(FileLinkCreateParams.builder().setFile(file.getId()).build());
        HttpRequest request = HttpRequest.newBuilder(URI.create(link.getUrl())).build();
        assertThat(send(request).body()).isEqualTo("%PDF-");
        FileLink expired = stripe.v1()
                .fileLinks()
                .update(
                        link.getId(),
                        FileLinkUpdateParams.builder()
                                .setExpiresAt(FileLinkUpdateParams.ExpiresAt.NOW)
                                .build());
        assertThat(expired.getExpired()).isTrue();
        assertThat(send(request).statusCode()).isEqualTo(404);
    }

    @Test
    void evidenceIsOfSomeKindsOnly() {
        assertThat(refused(InvalidRequestException.class, () -> {
                            try {
                                upload("virus.exe", new byte[] {1});
                            } catch (IOException e) {
                                throw new IllegalStateException(e);
                            }
                        })
                        .getParam())
                .isEqualTo("file");
    }

    @Test
    void aTextIsNoFile() {
        assertThat(raw(SECRET_KEY, "POST", "/v1/files", "purpose=dispute_evidence&file=hello")
                        .statusCode())
                .isEqualTo(400);
    }
}
