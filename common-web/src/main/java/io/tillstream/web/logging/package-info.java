/** The second net under the logs: what must not be written there is masked. */
@NullMarked
package io.tillstream.web.logging;

import org.jspecify.annotations.NullMarked;
