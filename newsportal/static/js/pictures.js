// The desk's pictures: shows the file that was chosen, and takes a click as the picture's middle.
// Without it the two numbers are typed, and the picture is seen once it is saved.

const frame = document.querySelector("[data-focal]");
const across = document.getElementById("id_focal_x");
const down = document.getElementById("id_focal_y");
const file = document.getElementById("id_file");

const mark = document.createElement("span");
mark.className = "focal-mark";
mark.setAttribute("aria-hidden", "true");

function showMiddle() {
  mark.style.left = `${across.value || 50}%`;
  mark.style.top = `${down.value || 50}%`;
}

function watch(image) {
  frame.append(mark);
  showMiddle();
  image.addEventListener("click", (event) => {
    const box = image.getBoundingClientRect();
    across.value = Math.round(((event.clientX - box.left) / box.width) * 100);
    down.value = Math.round(((event.clientY - box.top) / box.height) * 100);
    showMiddle();
  });
}

function showFile() {
  // Not for the whole page: the admin has a gettext of its own.
  const gettext = (words) => globalThis.portalWords?.[words] ?? words;
  const [chosen] = file.files;
  if (!chosen) return;
  const reader = new FileReader();
  reader.addEventListener("load", () => {
    const image = new Image();
    image.alt = "";
    image.addEventListener("load", () => {
      frame.replaceChildren(image);
      watch(image);
    });
    image.addEventListener("error", () => 
      frame.replaceChildren(gettext("This is no picture that can be shown.")),
    );
    image.src = reader.result;
  });
  reader.readAsDataURL(chosen);
}

if (frame && across && down) {
  for (const field of [across, down]) field.addEventListener("input", showMiddle);
  const image = frame.querySelector("img");
  if (image) watch(image);
  if (file) file.addEventListener("change", showFile);
}
