// Made of djangojs.po by `make messages`; not to be changed by hand.
globalThis.portalWords = {
};
