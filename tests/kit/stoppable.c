/* A driver that can be stopped while the card service lives: that of vpcd, which lies
 * beside it as NAME.vpcd; while there is a file NAME.gone, every answer is that of a driver whose
 * device was unplugged. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <ifdhandler.h>

static void beside(char *path, const char *ending)
{
	Dl_info here;

	if (!dladdr((void *)beside, &here))
		abort();
	snprintf(path, PATH_MAX, "%s%s", here.dli_fname, ending);
}

static void *real(const char *name)
{
	static void *driver;
	char path[PATH_MAX];

	if (!driver) {
		beside(path, ".vpcd");
		driver = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	}
	if (!driver)
		abort();
	return dlsym(driver, name);
}

static int gone(void)
{
	char path[PATH_MAX];

	beside(path, ".gone");
	return access(path, F_OK) == 0;
}

#define FORWARD(name, types, given) \
	RESPONSECODE name types \
	{ \
		RESPONSECODE (*call) types = (RESPONSECODE (*) types)real(#name); \
		return gone() ? IFD_NO_SUCH_DEVICE : call given; \
	}

FORWARD(IFDHCreateChannelByName, (DWORD lun, LPSTR name), (lun, name))
FORWARD(IFDHCreateChannel, (DWORD lun, DWORD channel), (lun, channel))
FORWARD(IFDHGetCapabilities, (DWORD lun, DWORD tag, PDWORD length, PUCHAR value),
	(lun, tag, length, value))
FORWARD(IFDHSetCapabilities, (DWORD lun, DWORD tag, DWORD length, PUCHAR value),
	(lun, tag, length, value))
FORWARD(IFDHSetProtocolParameters,
	(DWORD lun, DWORD protocol, UCHAR flags, UCHAR pts1, UCHAR pts2, UCHAR pts3),
	(lun, protocol, flags, pts1, pts2, pts3))
FORWARD(IFDHPowerICC, (DWORD lun, DWORD action, PUCHAR atr, PDWORD length),
	(lun, action, atr, length))
FORWARD(IFDHTransmitToICC,
	(DWORD lun, SCARD_IO_HEADER send, PUCHAR tx, DWORD tx_length, PUCHAR rx, PDWORD rx_length,
	 PSCARD_IO_HEADER received),
	(lun, send, tx, tx_length, rx, rx_length, received))
FORWARD(IFDHControl,
	(DWORD lun, DWORD code, PUCHAR tx, DWORD tx_length, PUCHAR rx, DWORD rx_length, LPDWORD returned),
	(lun, code, tx, tx_length, rx, rx_length, returned))
FORWARD(IFDHICCPresence, (DWORD lun), (lun))

RESPONSECODE IFDHCloseChannel(DWORD lun)
{
	RESPONSECODE (*call)(DWORD) = (RESPONSECODE (*)(DWORD))real("IFDHCloseChannel");

	return call(lun);
}
